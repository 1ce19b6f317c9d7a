package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.view.Column;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.stats.Comparison;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.Optional;

/** Perplexity over the baseline's. */
final class PerplexityRatioColumn extends RatioColumn {
  private final RankedCells members;

  PerplexityRatioColumn(RankedCells members) {
    super(
        new Column(
            "perplexityRatio",
            "÷ base",
            "",
            "Perplexity over the baseline's; 1 is no loss. The interval compares window by window"
                + " where both cells have the same windows.",
            false));
    this.members = members;
  }

  @Override
  public Optional<MetricKey> key() {
    return Optional.of(members.perplexity());
  }

  @Override
  public Figure figure(Result result) {
    if (members.perplexity().in(result).isEmpty()) {
      return Figure.gap(null, MissingFigures.reason(result, members.perplexity()));
    }
    if (isBaseline(members, result)) {
      return baseline();
    }
    Comparison.Entry entry = members.compare(result, members.perplexity()).orElse(null);
    if (entry instanceof Comparison.Known known) {
      return figure(known.ratio(), "perplexity over the baseline's");
    }
    return Figure.gap(
        null,
        entry instanceof Comparison.Unknown unknown
            ? unknown.reason()
            : "the suite has no baseline for this model");
  }
}
