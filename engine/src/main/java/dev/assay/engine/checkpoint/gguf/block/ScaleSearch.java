package dev.assay.engine.checkpoint.gguf.block;

/** Searches one scale for numbers from 0 up, such as the scales of a super-block's runs. */
final class ScaleSearch {
  private static final int TRIES = 4;
  private static final int SWEEPS = 5;

  private ScaleSearch() {}

  /** What was found. */
  @SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
  record Found(float scale, int[] codes) {}

  /**
   * Codes from 0 to {@code greatest}: of several guesses of the scale the one of least error, then
   * code by code what makes the least squares fit better.
   */
  static Found find(float[] x, float[] weights, int greatest) {
    float most = 0;
    for (float value : x) {
      most = Math.max(most, value);
    }
    if (most < SignedSearch.LEAST) {
      return new Found(0, new int[x.length]);
    }
    int[] codes = codes(x, inverse(x, weights, greatest, most), greatest);
    float wcx = 0;
    float wcc = 0;
    for (int i = 0; i < x.length; i++) {
      wcx += weights[i] * x[i] * codes[i];
      wcc += weights[i] * codes[i] * codes[i];
    }
    boolean changed = true;
    for (int sweep = 0; sweep < SWEEPS && changed; sweep++) {
      changed = false;
      for (int i = 0; i < x.length; i++) {
        float w = weights[i];
        float lessX = wcx - w * x[i] * codes[i];
        float lessC = wcc - w * codes[i] * codes[i];
        if (lessX > 0 && lessC > 0) {
          int code = Math.min(greatest, Rounding.halfEven(x[i] * lessC / lessX));
          float newX = lessX + w * x[i] * code;
          float newC = lessC + w * code * code;
          if (code != codes[i] && newX * newX * wcc > wcx * wcx * newC) {
            codes[i] = code;
            wcx = newX;
            wcc = newC;
            changed = true;
          }
        }
      }
    }
    return new Found(wcc > 0 ? wcx / wcc : 0, codes);
  }

  private static float inverse(float[] x, float[] weights, int greatest, float most) {
    float inverse = greatest / most;
    float least = error(x, weights, inverse, greatest);
    for (int tenths = -TRIES; tenths <= TRIES; tenths++) {
      float tried = (0.1f * tenths + greatest) / most;
      float error = tenths == 0 ? least : error(x, weights, tried, greatest);
      if (error < least) {
        least = error;
        inverse = tried;
      }
    }
    return inverse;
  }

  private static float error(float[] x, float[] weights, float inverse, int greatest) {
    float scale = 1 / inverse;
    float error = 0;
    for (int i = 0; i < x.length; i++) {
      int code = Math.min(greatest, Rounding.halfEven(inverse * x[i]));
      float difference = x[i] - scale * code;
      error += weights[i] * difference * difference;
    }
    return error;
  }

  private static int[] codes(float[] x, float inverse, int greatest) {
    int[] codes = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      codes[i] = Math.min(greatest, Rounding.halfEven(inverse * x[i]));
    }
    return codes;
  }
}
