package dev.assay.engine.checkpoint.gguf.block;

/**
 * Searches a run's scale s and offset o ≥ 0 so that s · code − o, codes from 0 up, is near its
 * values: a first guess from the range, then least squares on the codes of several guesses.
 *
 * @param greatest code
 * @param first what is added to {@code greatest} for the first guess of the inverse scale
 * @param step and for each one after it
 * @param guesses how many there are, less one
 * @param absolute whether errors count by their magnitude; else by their square
 */
record OffsetSearch(int greatest, float first, float step, int guesses, boolean absolute) {
  /** What was found. */
  @SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
  record Found(float scale, float offset, int[] codes) {}

  /** Sums over a run of weight, weight · value, and those with codes. */
  private record Sums(float w, float wx, float wc, float wcc, float wcx) {}

  Found find(float[] x, float[] weights) {
    float least = x[0];
    float most = x[0];
    float w = weights[0];
    float wx = w * x[0];
    for (int i = 1; i < x.length; i++) {
      least = Math.min(least, x[i]);
      most = Math.max(most, x[i]);
      w += weights[i];
      wx += weights[i] * x[i];
    }
    least = Math.min(least, 0);
    if (most == least) {
      return new Found(0, -least, new int[x.length]);
    }
    float low = least;
    float inverse = greatest / (most - least);
    float scale = 1 / inverse;
    int[] codes = codes(x, inverse, low);
    float error = error(x, weights, codes, scale, low);
    for (int guess = 0; guess <= guesses; guess++) {
      // The range is that of the values as long as nothing better is found.
      int[] tried = codes(x, (first + step * guess + greatest) / (most - low), low);
      Sums sums = sums(x, weights, tried, w, wx);
      float determinant = sums.w * sums.wcc - sums.wc * sums.wc;
      if (determinant > 0) {
        float triedScale = (sums.w * sums.wcx - sums.wx * sums.wc) / determinant;
        float triedLow = (sums.wcc * sums.wx - sums.wc * sums.wcx) / determinant;
        if (triedLow > 0) {
          triedLow = 0;
          triedScale = sums.wcx / sums.wcc;
        }
        float triedError = error(x, weights, tried, triedScale, triedLow);
        if (triedError < error) {
          codes = tried;
          error = triedError;
          scale = triedScale;
          low = triedLow;
        }
      }
    }
    return new Found(scale, -low, codes);
  }

  private int[] codes(float[] x, float inverse, float low) {
    int[] codes = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      codes[i] = Rounding.halfEven(inverse * (x[i] - low), 0, greatest);
    }
    return codes;
  }

  private static Sums sums(float[] x, float[] weights, int[] codes, float w, float wx) {
    float wc = 0;
    float wcc = 0;
    float wcx = 0;
    for (int i = 0; i < x.length; i++) {
      wc += weights[i] * codes[i];
      wcc += weights[i] * codes[i] * codes[i];
      wcx += weights[i] * codes[i] * x[i];
    }
    return new Sums(w, wx, wc, wcc, wcx);
  }

  private float error(float[] x, float[] weights, int[] codes, float scale, float low) {
    float error = 0;
    for (int i = 0; i < x.length; i++) {
      float difference = scale * codes[i] + low - x[i];
      error += weights[i] * (absolute ? Math.abs(difference) : difference * difference);
    }
    return error;
  }
}
