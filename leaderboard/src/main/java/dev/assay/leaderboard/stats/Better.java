package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import java.util.Comparator;

/** Which of two figures of one metric is better. */
final class Better {
  /** Puts the better value first; figures must have a value and a direction in common. */
  static final Comparator<Measurement> FIRST =
      Comparator.comparingDouble(
          measurement ->
              measurement.direction() == Direction.HIGHER_IS_BETTER
                  ? -value(measurement)
                  : value(measurement));

  private Better() {}

  static double value(Measurement measurement) {
    Double value = measurement.value();
    if (value == null) {
      throw new IllegalArgumentException(measurement.metric() + " has no value");
    }
    return value;
  }
}
