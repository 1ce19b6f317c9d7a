package dev.assay.engine.distill;

import dev.assay.engine.config.Require;

/** The checks of numbers that several terms make. */
final class Numbers {
  private Numbers() {}

  /** A finite number above 0, such as a temperature. */
  static void positive(String key, double value) {
    Require.that(value > 0 && Double.isFinite(value), key, value, "a number above 0");
  }

  /** A finite number from 0, such as a weight. */
  static void notNegative(String key, double value) {
    Require.that(value >= 0 && Double.isFinite(value), key, value, "a number from 0");
  }
}
