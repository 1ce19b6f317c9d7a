package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;

/** Whether two figures can be told apart; {@link Ranking} says by what rule. */
final class Ties {
  private Ties() {}

  static boolean tied(Taken a, Taken b) {
    return Ratio.paired(a, b)
        .map(ratio -> ratio.low() <= 1 && 1 <= ratio.high())
        .orElseGet(() -> interval(a.figure()).overlaps(interval(b.figure())));
  }

  private static Interval interval(Measurement measurement) {
    Interval known = measurement.interval();
    double value = Better.value(measurement);
    return known != null ? known : new Interval(value, value, 0.5, "the value alone");
  }
}
