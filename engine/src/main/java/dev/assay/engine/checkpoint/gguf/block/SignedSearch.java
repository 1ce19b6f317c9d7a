package dev.assay.engine.checkpoint.gguf.block;

/**
 * Searches a run's scale so that scale · (code − N), codes from 0 to 2N − 1, is near its values.
 */
final class SignedSearch {
  /** Values below it are none. */
  static final float LEAST = 1e-15f;

  private static final int TRIES = 9;
  private static final int SWEEPS = 5;

  private SignedSearch() {}

  /** What was found; codes are all 0 where there is no value. */
  @SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
  record Found(float scale, int[] codes) {}

  /** The value of largest magnitude, the first of several. */
  static float extreme(float[] x) {
    float extreme = 0;
    for (float value : x) {
      extreme = Math.abs(value) > Math.abs(extreme) ? value : extreme;
    }
    return extreme;
  }

  /** Several guesses of the scale; the one whose least squares fit is best. */
  static Found guesses(float[] x, float[] weights, int n) {
    float extreme = extreme(x);
    if (Math.abs(extreme) < LEAST) {
      return new Found(0, new int[x.length]);
    }
    int[] codes = new int[x.length];
    float scale = 0;
    float best = 0;
    for (int k = 0; k <= 2 * TRIES; k++) {
      // The plain guess first, then −9 to 9 without 0.
      int tenths = k == 0 ? 0 : k <= TRIES ? k - TRIES - 1 : k - TRIES;
      int[] tried = codes(x, k == 0 ? -n / extreme : -(n + 0.1f * tenths) / extreme, n);
      float wcx = 0;
      float wcc = 0;
      for (int i = 0; i < x.length; i++) {
        wcx += weights[i] * x[i] * tried[i];
        wcc += weights[i] * tried[i] * tried[i];
      }
      if (k == 0) {
        scale = wcc == 0 ? 0 : wcx / wcc;
        best = scale * wcx;
        codes = tried;
      } else if (wcc > 0 && wcx * wcx > best * wcc) {
        scale = wcx / wcc;
        best = scale * wcx;
        codes = tried;
      }
    }
    return new Found(scale, raised(codes, n));
  }

  /** The plain guess, then code by code what makes the least squares fit better. */
  static Found sweeps(float[] x, int n) {
    float extreme = extreme(x);
    if (Math.abs(extreme) < LEAST) {
      return new Found(0, new int[x.length]);
    }
    int[] codes = codes(x, -n / extreme, n);
    float wcx = 0;
    float wcc = 0;
    for (int i = 0; i < x.length; i++) {
      float w = x[i] * x[i];
      wcx += w * x[i] * codes[i];
      wcc += w * codes[i] * codes[i];
    }
    boolean changed = true;
    for (int sweep = 0; sweep < SWEEPS && changed; sweep++) {
      changed = false;
      for (int i = 0; i < x.length; i++) {
        float w = x[i] * x[i];
        float lessX = wcx - w * x[i] * codes[i];
        float lessC = wcc - w * codes[i] * codes[i];
        if (lessX > 0) {
          int code = Rounding.halfEven(x[i] * lessC / lessX, -n, n - 1);
          float newX = lessX + w * x[i] * code;
          float newC = lessC + w * code * code;
          if (code != codes[i] && newC > 0 && newX * newX * wcc > wcx * wcx * newC) {
            codes[i] = code;
            wcx = newX;
            wcc = newC;
            changed = true;
          }
        }
      }
    }
    return new Found(wcc > 0 ? wcx / wcc : 0, raised(codes, n));
  }

  private static int[] codes(float[] x, float inverse, int n) {
    int[] codes = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      codes[i] = Rounding.halfEven(inverse * x[i], -n, n - 1);
    }
    return codes;
  }

  private static int[] raised(int[] codes, int n) {
    for (int i = 0; i < codes.length; i++) {
      codes[i] += n;
    }
    return codes;
  }
}
