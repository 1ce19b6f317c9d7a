package dev.assay.leaderboard.result;

/**
 * How large and how small a figure may be: 0, or between {@value #LEAST} and {@value #MOST}. No
 * machine and no model comes near either end, and within them products, squares and quotients of
 * two figures stay numbers, so that one absurd figure cannot spoil what is made from all.
 */
public final class Magnitude {
  /** The smallest figure beside 0. */
  public static final double LEAST = 1e-100;

  /** The largest figure. */
  public static final double MOST = 1e100;

  private Magnitude() {}

  /** Whether a number, its sign aside, is 0 or within the limits. */
  public static boolean isPlausible(double value) {
    double size = Math.abs(value);
    return size == 0 || size >= LEAST && size <= MOST;
  }

  /**
   * Requires what can only be 0 or more.
   *
   * @param what what the number is, for the error
   */
  static void require(String what, double value) {
    if (!(value >= 0 && isPlausible(value))) {
      throw new IllegalArgumentException(
          what + " " + value + " found, expected 0 or a number within [1e-100, 1e100]");
    }
  }

  /**
   * Requires what can only be above 0.
   *
   * @param what what the number is, for the error
   */
  static void requirePositive(String what, double value) {
    if (!(value > 0 && isPlausible(value))) {
      throw new IllegalArgumentException(
          what + " " + value + " found, expected a number within [1e-100, 1e100]");
    }
  }
}
