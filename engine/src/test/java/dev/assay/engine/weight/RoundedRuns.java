package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;

/** Inputs as kernels round them. */
final class RoundedRuns {
  private static final int RUN = 32;
  private static final int TOP = 127;

  private RoundedRuns() {}

  /** Each input as a multiple of 1/127 of the greatest of its run of 32. */
  static NDArray toBytes(NDArray x) {
    return onGrid(x, RUN, TOP, true);
  }

  /** Each input as a multiple of a share of the greatest of its row. */
  static NDArray onGrid(NDArray x, int top) {
    return onGrid(x, (int) x.getShape().get(1), top, false);
  }

  /** By products with reciprocals, or by quotients: what lies half-way depends on it. */
  private static NDArray onGrid(NDArray x, int run, int top, boolean byProducts) {
    float[] values = x.toFloatArray();
    for (int begin = 0; begin < values.length; begin += run) {
      float most = 0;
      for (int i = begin; i < begin + run; i++) {
        most = Math.max(most, Math.abs(values[i]));
      }
      float scale = most / top;
      for (int i = begin; i < begin + run && most > 0; i++) {
        double steps = byProducts ? values[i] * (top / most) : values[i] / scale;
        values[i] = (float) Math.rint(steps) * scale;
      }
    }
    return x.getManager().create(values, x.getShape());
  }
}
