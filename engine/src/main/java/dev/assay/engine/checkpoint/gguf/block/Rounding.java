package dev.assay.engine.checkpoint.gguf.block;

/** The two ways in which ggml rounds to whole numbers. */
final class Rounding {
  private Rounding() {}

  /** The nearest; half-way to the even one. */
  static int halfEven(float value) {
    return (int) Math.rint(value);
  }

  /** The same, within bounds. */
  static int halfEven(float value, int least, int greatest) {
    return Math.max(least, Math.min(greatest, halfEven(value)));
  }

  /** The nearest; half-way away from 0. */
  static int halfAway(float value) {
    float magnitude = Math.abs(value);
    int floor = (int) magnitude;
    int rounded = floor + (int) (2 * (magnitude - floor));
    return value < 0 ? -rounded : rounded;
  }
}
