package dev.assay.engine.weight;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Tables of 16 values that weights of 4 bits are codes into, as bitsandbytes has them. */
public enum Codebook {
  /**
   * Quantiles of a normal distribution, with 0.
   *
   * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al. 2023, QLoRA, appendix E</a>
   */
  NF4(
      -1f,
      -0.6961928009986877f,
      -0.5250730514526367f,
      -0.39491748809814453f,
      -0.28444138169288635f,
      -0.18477343022823334f,
      -0.09105003625154495f,
      0f,
      0.07958029955625534f,
      0.16093020141124725f,
      0.24611230194568634f,
      0.33791524171829224f,
      0.44070982933044434f,
      0.5626170039176941f,
      0.7229568362236023f,
      1f),
  /** A float of 4 bits, sign, exponent and mantissa: not that of the Open Compute Project. */
  FP4(fp4());

  /** Bits of a code. */
  public static final int BITS = 4;

  // Never handed out.
  @SuppressWarnings("ImmutableEnumChecker")
  private final float[] entries;

  Codebook(float... entries) {
    this.entries = entries;
  }

  private static float[] fp4() {
    float[] twelfths = {0f, 0.0625f, 8f, 12f, 4f, 6f, 2f, 3f};
    float[] values = new float[2 * twelfths.length];
    for (int i = 0; i < twelfths.length; i++) {
      values[i] = twelfths[i] / 12;
      // Both codes of 0 are that of the positive sign.
      values[i + twelfths.length] = 0 - twelfths[i] / 12;
    }
    return values;
  }

  /** The name in configurations. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The value of each code. */
  public float[] entries() {
    return entries.clone();
  }

  /** The codes by ascending value. */
  List<Integer> ascending() {
    return IntStream.range(0, entries.length)
        .boxed()
        .sorted(Comparator.comparing(code -> entries[code]))
        .toList();
  }

  /**
   * The table of 256 values that scales are quantized on in their turn: 0, 1, and the middles of
   * even parts of 0.1 … 1, twice as many at each power of ten from 1e-6 on, of both signs.
   *
   * @see <a href="https://arxiv.org/abs/1511.04561">Dettmers 2015, 8-bit approximations</a>
   */
  static float[] dynamicMap() {
    int exponents = 7;
    float[] map = new float[256];
    int next = 0;
    for (int i = 0; i < exponents; i++) {
      int parts = 1 << i;
      double power = Math.pow(10, i - (exponents - 1));
      for (int part = 0; part < parts; part++) {
        float middle = (edge(part, parts) + edge(part + 1, parts)) / 2;
        map[next++] = (float) (power * middle);
        map[next++] = (float) (-power * middle);
      }
    }
    map[next++] = 0;
    map[next] = 1;
    Arrays.sort(map);
    return map;
  }

  private static float edge(int part, int parts) {
    return (float) (0.1 + 0.9 * part / parts);
  }
}
