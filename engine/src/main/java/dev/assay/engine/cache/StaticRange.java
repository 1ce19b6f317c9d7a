package dev.assay.engine.cache;

import dev.assay.engine.model.CacheTable;
import dev.assay.engine.model.StaticGrid;

/**
 * The least and the greatest number that calibration has seen, 0 among them, of each share; and the
 * grid that compressed-tensors 0.20 makes of them.
 */
final class StaticRange {
  private static final float FLOAT8_MOST = 448;
  private static final float NO_SCALE = 0x1p-23f;

  private final float[] least;
  private final float[] greatest;

  StaticRange(int shares) {
    least = new float[shares];
    greatest = new float[shares];
  }

  /** Takes numbers of a share into account. */
  void see(int share, float low, float high) {
    least[share] = Math.min(least[share], low);
    greatest[share] = Math.max(greatest[share], high);
  }

  /** Floats of 8 bits. */
  StaticGrid floats() {
    float[] scales = new float[least.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = guarded(Math.max(-least[i], greatest[i]) / FLOAT8_MOST);
    }
    return grid(StaticGrid.Form.FP8, Byte.SIZE, scales, new float[scales.length]);
  }

  /** Steps, as many to both sides of 0 or from the least to the greatest. */
  StaticGrid steps(int bits, boolean symmetric) {
    float[] scales = new float[least.length];
    float[] zeros = new float[least.length];
    float steps = (1 << bits) - 1;
    float lowest = -(1 << (bits - 1));
    for (int i = 0; i < scales.length; i++) {
      if (symmetric) {
        scales[i] = guarded(Math.max(-least[i], greatest[i]) / (steps / 2));
      } else {
        scales[i] = guarded((greatest[i] - least[i]) / steps);
        float zero = Math.max(lowest, Math.min(lowest + steps, lowest - least[i] / scales[i]));
        zeros[i] = (float) Math.rint(zero);
      }
    }
    return grid(StaticGrid.Form.INT, bits, scales, zeros);
  }

  private static StaticGrid grid(StaticGrid.Form form, int bits, float[] scales, float[] zeros) {
    return new StaticGrid(form, bits, CacheTable.of(scales), CacheTable.of(zeros));
  }

  private static float guarded(float scale) {
    return scale == 0 ? NO_SCALE : scale;
  }
}
