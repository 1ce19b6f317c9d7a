package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes Q3_K, Q6_K and Q8_K, whose runs of 16 have a signed scale each, or none. */
public final class SignedBlocks {
  private static final int SIZE = SuperBlocks.SIZE;
  private static final int RUN = 16;
  private static final int RUNS = SIZE / RUN;
  private static final int HALF = 128;

  private SignedBlocks() {}

  /** Three bits, scales of six. */
  public static void q3(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float[] x = Arrays.copyOfRange(values, from, from + SIZE);
    float[] p = Importance.of(importance, from, SIZE);
    float variance = 2 * Importance.sumOfSquares(x, 0, SIZE) / SIZE;
    float[] scales = new float[RUNS];
    float[] sums = new float[RUNS];
    int[] codes = new int[SIZE];
    for (int run = 0; run < RUNS; run++) {
      float[] each = Arrays.copyOfRange(x, run * RUN, (run + 1) * RUN);
      SignedSearch.Found found;
      if (p == null) {
        found = SignedSearch.sweeps(each, 4);
      } else {
        float[] weights = Importance.weights(p, x, run * RUN, RUN, variance);
        sums[run] = Importance.sum(weights);
        found = SignedSearch.guesses(each, weights, 4);
      }
      scales[run] = found.scale();
      System.arraycopy(found.codes(), 0, codes, run * RUN, RUN);
    }
    SignedSearch.Found whole =
        p == null ? ofGreatest(scales) : SignedSearch.guesses(scales, sums, 32);
    short d = Half.fromFloat(whole.scale());
    roundAgain(x, codes, d, whole.codes(), 32, 4);
    BitPlanes.putPlanes(bytes, codes, 2);
    BitPlanes.putPairs(bytes, codes);
    bytes.put(sixBits(whole.codes()));
    bytes.putShort(d);
  }

  /** The scale of largest magnitude becomes −32; all stored codes are 0 where all scales are. */
  private static SignedSearch.Found ofGreatest(float[] scales) {
    float extreme = SignedSearch.extreme(scales);
    int[] codes = new int[scales.length];
    if (extreme == 0) {
      return new SignedSearch.Found(0, codes);
    }
    float inverse = -32f / extreme;
    for (int run = 0; run < scales.length; run++) {
      codes[run] = Rounding.halfEven(inverse * scales[run], -32, 31) + 32;
    }
    return new SignedSearch.Found(1 / inverse, codes);
  }

  private static byte[] sixBits(int[] scales) {
    byte[] packed = new byte[12];
    for (int run = 0; run < RUNS; run++) {
      packed[run % 8] |= (byte) ((scales[run] & 0xf) << run / 8 * 4);
      packed[8 + run % 4] |= (byte) (scales[run] >> 4 << run / 4 * 2);
    }
    return packed;
  }

  /** Codes by the scales as they are stored; where one is 0 the search's stay. */
  private static void roundAgain(
      float[] x, int[] codes, short d, int[] scales, int middle, int levels) {
    float scale = Half.toFloat(d);
    for (int i = 0; i < SIZE; i++) {
      float step = scale * (scales[i / RUN] - middle);
      if (step != 0) {
        codes[i] = Rounding.halfEven(x[i] / step, -levels, levels - 1) + levels;
      }
    }
  }

  /** Six bits, scales of eight. */
  public static void q6(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float[] x = Arrays.copyOfRange(values, from, from + SIZE);
    float[] p = Importance.of(importance, from, SIZE);
    float[] scales = new float[RUNS];
    int[] codes = new int[SIZE];
    for (int run = 0; run < RUNS; run++) {
      float[] each = Arrays.copyOfRange(x, run * RUN, (run + 1) * RUN);
      float[] weights =
          p == null ? squares(each) : Arrays.copyOfRange(p, run * RUN, (run + 1) * RUN);
      SignedSearch.Found found = SignedSearch.guesses(each, weights, 32);
      scales[run] = found.scale();
      System.arraycopy(found.codes(), 0, codes, run * RUN, RUN);
    }
    float extreme = SignedSearch.extreme(scales);
    if (Math.abs(extreme) < SignedSearch.LEAST) {
      bytes.put(new byte[210]);
      return;
    }
    float inverse = -128f / extreme;
    int[] rounded = new int[RUNS];
    for (int run = 0; run < RUNS; run++) {
      rounded[run] = Math.min(127, Rounding.halfEven(inverse * scales[run]));
    }
    short d = Half.fromFloat(1 / inverse);
    roundAgain(x, codes, d, rounded, 0, 32);
    putSixBits(bytes, codes);
    for (int scale : rounded) {
      bytes.put((byte) scale);
    }
    bytes.putShort(d);
  }

  private static void putSixBits(ByteBuffer bytes, int[] codes) {
    for (int half = 0; half < SIZE; half += HALF) {
      for (int i = half; i < half + HALF / 2; i++) {
        bytes.put((byte) (codes[i] & 0xf | (codes[i + HALF / 2] & 0xf) << 4));
      }
    }
    int[] high = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      high[i] = codes[i] >> 4;
    }
    BitPlanes.putPairs(bytes, high);
  }

  private static float[] squares(float[] x) {
    float[] squares = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      squares[i] = x[i] * x[i];
    }
    return squares;
  }

  /** Eight bits, one scale in float32, and the sums of 16 codes each. */
  public static void q8(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float[] x = Arrays.copyOfRange(values, from, from + SIZE);
    float extreme = SignedSearch.extreme(x);
    float inverse = extreme == 0 ? 0 : -127f / extreme;
    bytes.putFloat(extreme == 0 ? 0 : 1 / inverse);
    short[] sums = new short[RUNS];
    for (int i = 0; i < SIZE; i++) {
      int code = Math.min(127, Rounding.halfEven(inverse * x[i]));
      bytes.put((byte) code);
      sums[i / RUN] += (short) code;
    }
    for (short sum : sums) {
      bytes.putShort(sum);
    }
  }

  /** d in float32, 256 signed bytes, and sums that the values do not need: d · q. */
  public static void q8(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = bytes.getFloat(at);
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = scale * bytes.get(at + Float.BYTES + i);
    }
  }
}
