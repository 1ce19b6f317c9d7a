package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.view.Column;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.stats.MetricKey;
import dev.assay.leaderboard.stats.Speedup;
import java.util.Optional;

/** How many times as fast as the baseline a cell decodes. */
final class SpeedupColumn extends RatioColumn {
  private final RankedCells members;
  private final MetricKey latency;

  SpeedupColumn(RankedCells members, MetricKey latency) {
    super(
        new Column(
            "speedup",
            "Speed-up",
            "",
            "The baseline's time per output token over the cell's; only between measured times on"
                + " the same kind of machine.",
            true));
    this.members = members;
    this.latency = latency;
  }

  @Override
  public Optional<MetricKey> key() {
    return Optional.of(latency);
  }

  @Override
  public Figure figure(Result result) {
    Result baseline = members.baselineOf(result).orElse(null);
    if (baseline == null) {
      return Figure.gap(null, "the suite has no baseline for this model");
    }
    if (latency.in(result).isEmpty()) {
      return Figure.gap(null, MissingFigures.reason(result, latency));
    }
    if (baseline.equals(result)) {
      return baseline();
    }
    Speedup speedup = Speedup.of(baseline, result, latency);
    if (speedup instanceof Speedup.Known known) {
      return figure(known.ratio(), "the baseline's time per output token over the cell's");
    }
    return Figure.gap(null, "no speed-up: " + ((Speedup.Unknown) speedup).reason());
  }
}
