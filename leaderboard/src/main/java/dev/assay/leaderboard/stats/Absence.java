package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;

/** Why a result has no figure for a metric. */
final class Absence {
  private Absence() {}

  static String reason(Result result, MetricKey key) {
    String unsupported = key.in(result).map(Measurement::note).orElse(null);
    if (unsupported != null) {
      return "unsupported: " + unsupported;
    }
    Failure failure = result.failure();
    if (failure != null) {
      return "failed in " + failure.stage() + ": " + failure.message();
    }
    return "no " + key.metric() + " under protocol " + key.protocolId();
  }
}
