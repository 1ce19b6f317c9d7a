package dev.assay.engine.config;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The checks that parameter records make in their constructors. */
public final class Require {
  private Require() {}

  /**
   * @throws InvalidValueException if the value is below the minimum
   */
  public static void atLeast(String key, long value, long minimum) {
    that(value >= minimum, key, value, "at least " + minimum);
  }

  /**
   * @throws InvalidValueException unless minimum &lt;= value &lt;= maximum
   */
  public static void between(String key, long value, long minimum, long maximum) {
    that(
        value >= minimum && value <= maximum,
        key,
        value,
        "an integer from " + minimum + " to " + maximum);
  }

  /**
   * @throws InvalidValueException unless minimum &lt;= value &lt;= maximum
   */
  public static void within(String key, double value, double minimum, double maximum) {
    that(
        value >= minimum && value <= maximum,
        key,
        value,
        "a number from " + minimum + " to " + maximum);
  }

  /**
   * @throws InvalidValueException unless 0 &lt; value &lt; 1
   */
  public static void share(String key, double value) {
    that(value > 0 && value < 1, key, value, "a number above 0 and below 1");
  }

  /**
   * @throws InvalidValueException if the value is none of those allowed
   */
  public static void oneOf(String key, int value, int... allowed) {
    that(
        Arrays.stream(allowed).anyMatch(candidate -> candidate == value),
        key,
        value,
        "one of "
            + Arrays.stream(allowed).mapToObj(String::valueOf).collect(Collectors.joining(", ")));
  }

  /**
   * @throws InvalidValueException unless the condition holds
   */
  public static void that(boolean condition, String key, Object found, String expected) {
    if (!condition) {
      throw new InvalidValueException(key, found, expected);
    }
  }
}
