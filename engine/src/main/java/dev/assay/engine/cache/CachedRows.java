package dev.assay.engine.cache;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;

/**
 * Keys or values of calibration tokens, all heads side by side.
 *
 * @param parts float32 [tokens, channels] each
 */
record CachedRows(List<NDArray> parts) {
  /** Numbers that a codebook is fitted to; of more, tokens at equal distances are taken. */
  private static final long MOST_NUMBERS = 1 << 20;

  CachedRows {
    parts = List.copyOf(parts);
  }

  /** Where the numbers of a token lie in their ranges, between −1 and 1; those outside left out. */
  interface Places {
    float[] of(float[] row);
  }

  int channels() {
    return Math.toIntExact(parts.get(0).getShape().get(1));
  }

  int tokens() {
    return Math.toIntExact(parts.stream().mapToLong(part -> part.getShape().get(0)).sum());
  }

  /** The numbers of a channel, rising. */
  float[] sorted(int channel) {
    float[] column = new float[tokens()];
    int at = 0;
    for (NDArray part : parts) {
      try (NDArray view = part.get(":, " + channel);
          NDArray own = view.duplicate()) {
        float[] numbers = own.toFloatArray();
        System.arraycopy(numbers, 0, column, at, numbers.length);
        at += numbers.length;
      }
    }
    Arrays.sort(column);
    return column;
  }

  /** Where numbers lie, of all tokens or of some at equal distances. */
  float[] places(Places places) {
    int channels = channels();
    int every = (int) Math.max(1, (long) tokens() * channels / MOST_NUMBERS);
    float[] found = new float[(tokens() / every + 1) * channels];
    int count = 0;
    int token = 0;
    for (NDArray part : parts) {
      long rows = part.getShape().get(0);
      for (long row = 0; row < rows; row++, token++) {
        if (token % every == 0) {
          try (NDArray view = part.get(row);
              NDArray own = view.duplicate()) {
            float[] some = places.of(own.toFloatArray());
            System.arraycopy(some, 0, found, count, some.length);
            count += some.length;
          }
        }
      }
    }
    return Arrays.copyOf(found, count);
  }
}
