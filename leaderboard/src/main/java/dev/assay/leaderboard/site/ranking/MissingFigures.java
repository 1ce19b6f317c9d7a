package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.stats.MetricKey;

/** Why a column has nothing to show of a cell. */
final class MissingFigures {
  private MissingFigures() {}

  static String reason(Result result, MetricKey key) {
    Failure failure = result.failure();
    if (failure != null) {
      return "failed in " + failure.stage() + ": " + failure.message();
    }
    boolean otherwise =
        result.measurements().stream()
            .anyMatch(measurement -> measurement.metric().equals(key.metric()));
    String metric = MetricName.of(key.metric());
    return otherwise
        ? metric + " was taken under another protocol; see the cell's page"
        : metric + " was not taken";
  }
}
