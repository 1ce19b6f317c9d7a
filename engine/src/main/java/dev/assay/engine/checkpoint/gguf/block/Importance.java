package dev.assay.engine.checkpoint.gguf.block;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Weights of a block's values, as the searches count their errors. */
final class Importance {
  private Importance() {}

  /** The part of a row's importance that a block has; null where there is none. */
  static float @Nullable [] of(float @Nullable [] importance, int from, int size) {
    if (importance == null) {
      return null;
    }
    int column = from % importance.length;
    return Arrays.copyOfRange(importance, column, column + size);
  }

  /** p · √(σ² + x²) of some values. */
  static float[] weights(float[] importance, float[] x, int from, int count, float variance) {
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      float value = x[from + i];
      weights[i] = importance[from + i] * (float) Math.sqrt(variance + value * value);
    }
    return weights;
  }

  static float sumOfSquares(float[] x, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += x[i] * x[i];
    }
    return sum;
  }

  static float sum(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
