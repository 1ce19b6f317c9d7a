package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.view.Column;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.stats.Comparison;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.Optional;

/** Perplexity, or bits per byte, over the baseline's. */
final class QualityRatioColumn extends RatioColumn {
  private final RankedCells members;
  private final MetricKey key;
  private final String meaning;

  private QualityRatioColumn(RankedCells members, MetricKey key, Column column, String meaning) {
    super(column);
    this.members = members;
    this.key = key;
    this.meaning = meaning;
  }

  static QualityRatioColumn ofPerplexity(RankedCells members) {
    Column column =
        new Column(
            "perplexityRatio",
            "÷ base",
            "",
            "Perplexity over the baseline's; 1 is no loss. The interval compares window by window"
                + " where both cells have the same windows.",
            false);
    return new QualityRatioColumn(
        members, members.perplexity(), column, "perplexity over the baseline's");
  }

  /**
   * @param key of the bits per byte
   */
  static QualityRatioColumn ofBitsPerByte(RankedCells members, MetricKey key) {
    Column column =
        new Column(
            "bitsPerByteRatio",
            "bits ÷ base",
            "",
            "Bits per byte over the baseline's; 1 is no loss. The interval compares stretch by"
                + " stretch where both cells read the whole text.",
            false);
    return new QualityRatioColumn(members, key, column, "bits per byte over the baseline's");
  }

  @Override
  public Optional<MetricKey> key() {
    return Optional.of(key);
  }

  @Override
  public Figure figure(Result result) {
    if (key.in(result).isEmpty()) {
      return Figure.gap(null, MissingFigures.reason(result, key));
    }
    if (isBaseline(members, result)) {
      return baseline();
    }
    Comparison.Entry entry = members.compare(result, key).orElse(null);
    if (entry instanceof Comparison.Known known) {
      return figure(known.ratio(), meaning);
    }
    return Figure.gap(
        null,
        entry instanceof Comparison.Unknown unknown
            ? unknown.reason()
            : "the suite has no baseline for this model");
  }
}
