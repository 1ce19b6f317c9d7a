package dev.assay.leaderboard.result;

import org.jspecify.annotations.Nullable;

/** What records of results ask of their values, with what was found and what was expected. */
final class Require {
  private static final int LONGEST_NAME = 300;

  /** Of a value that was computed another way than its limits. */
  private static final double ROUNDING = 1e-3;

  private Require() {}

  /** What people are to read and pages are to hold: not empty, not endless, and in one line. */
  static void name(String key, String name) {
    String fault = null;
    if (name.isBlank()) {
      fault = "an empty one";
    } else if (name.length() > LONGEST_NAME) {
      fault = "one of " + name.length() + " characters";
    } else if (name.chars().anyMatch(Character::isISOControl)) {
      fault = "one with control characters";
    }
    if (fault != null) {
      throw new IllegalArgumentException(
          "%s: found %s, expected a name of at most %d characters in one line"
              .formatted(key, fault, LONGEST_NAME));
    }
  }

  static void atLeast(String key, long least, long found) {
    if (found < least) {
      throw new IllegalArgumentException(
          "%s: found %d, expected %d or more".formatted(key, found, least));
    }
  }

  /** What may be below 0, as a loss can. */
  static void plausible(String key, double found) {
    if (!Magnitude.isPlausible(found)) {
      throw new IllegalArgumentException(
          key + ": found " + found + ", expected 0 or a number of a size within [1e-100, 1e100]");
    }
  }

  /** The exponential of a loss, which is the logarithm of a share, is not below 1. */
  static void possible(String metric, double value) {
    if (metric.equals(Metrics.PERPLEXITY) && value < 1 - ROUNDING) {
      throw new IllegalArgumentException(metric + ": found " + value + ", expected 1 or more");
    }
  }

  static void within(String metric, @Nullable Double value, @Nullable Interval interval) {
    if (value == null || interval == null) {
      return;
    }
    double slack = ROUNDING * Math.abs(value);
    if (value < interval.low() - slack || value > interval.high() + slack) {
      throw new IllegalArgumentException(
          "%s: found value %s outside of its interval from %s to %s, expected it within"
              .formatted(metric, value, interval.low(), interval.high()));
    }
  }
}
