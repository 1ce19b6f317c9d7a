package dev.assay.engine.model;

/**
 * Linear biases of attention scores: head h adds slope(h) · j to the score of position j. With p
 * the greatest power of two that is not above the number of heads, slope(h) is 2^(−8(h+1)/p) for h
 * &lt; p and 2^(−4(2k+1)/p) for the k-th head after those.
 *
 * @param heads number of heads
 * @param factor of all biases
 * @param rounded whether slopes and products are rounded to bfloat16, as Falcon's code does
 * @see <a href="https://arxiv.org/abs/2108.12409">Press et al. 2022</a>
 */
public record Alibi(int heads, double factor, boolean rounded) {
  /** The slope of a head. */
  double slope(int head) {
    int power = Integer.highestOneBit(heads);
    return head < power
        ? Math.pow(2, -8.0 * (head + 1) / power)
        : Math.pow(2, -4.0 * (2 * (head - power) + 1) / power);
  }

  /** Biases of all positions, [heads · positions]. */
  public float[] table(int positions) {
    float[] table = new float[heads * positions];
    for (int head = 0; head < heads; head++) {
      float slope = (float) slope(head);
      for (int j = 0; j < positions; j++) {
        float bias = rounded ? bfloat16(bfloat16(slope) * bfloat16(j)) : slope * j;
        table[head * positions + j] = (float) (bias * factor);
      }
    }
    return table;
  }

  private static float bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int half = 0x7fff + ((bits >>> 16) & 1);
    return Float.intBitsToFloat((bits + half) & 0xffff0000);
  }
}
