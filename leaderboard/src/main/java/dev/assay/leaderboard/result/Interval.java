package dev.assay.leaderboard.result;

import java.util.Optional;

/**
 * A confidence interval around a measured value.
 *
 * @param low lower end, in the measurement's unit
 * @param high upper end, in the measurement's unit
 * @param confidence coverage, above 0 and below 1 (0.99 for 99 %)
 * @param method how it was computed, for example {@code "student-t of window means"}
 */
public record Interval(double low, double high, double confidence, String method) {
  public Interval {
    if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
      throw new IllegalArgumentException(
          "interval from " + low + " to " + high + " is not ordered and finite");
    }
    if (!Magnitude.isPlausible(low) || !Magnitude.isPlausible(high)) {
      throw new IllegalArgumentException(
          "interval from %s to %s found, expected ends that are 0 or within [1e-100, 1e100] in size"
              .formatted(low, high));
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException("confidence " + confidence + " is not within (0, 1)");
    }
  }

  /** An interval as computed; empty where an end is beyond what a figure can be. */
  public static Optional<Interval> of(double low, double high, double confidence, String method) {
    return Magnitude.isPlausible(low) && Magnitude.isPlausible(high)
        ? Optional.of(new Interval(low, high, confidence, method))
        : Optional.empty();
  }

  /** Whether the two intervals share a point; where they do, the values tie. */
  public boolean overlaps(Interval other) {
    return low <= other.high && other.low <= high;
  }
}
