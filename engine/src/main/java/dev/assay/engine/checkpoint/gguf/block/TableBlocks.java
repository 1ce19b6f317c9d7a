package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** IQ4_NL and IQ4_XS: 4-bit codes into a table of whole numbers that lie closer about 0. */
public final class TableBlocks {
  private static final int[] TABLE = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };
  private static final int RUN = 32;
  private static final int TRIES = 7;

  private TableBlocks() {}

  /** d, 16 bytes of codes: d · T[q]. */
  public static void small(ByteBuffer bytes, int at, float[] values, int to) {
    decode(bytes, at + 2, Half.toFloat(bytes.getShort(at)), values, to);
  }

  /** d, 16 bits and 4 bytes of scales of six bits, 128 of codes: d · (s − 32) · T[q]. */
  public static void large(ByteBuffer bytes, int at, float[] values, int to) {
    float d = Half.toFloat(bytes.getShort(at));
    int high = bytes.getShort(at + 2);
    for (int run = 0; run < SuperBlocks.SIZE / RUN; run++) {
      int low = bytes.get(at + 4 + run / 2) >> run % 2 * 4 & 0xf;
      int scale = (low | (high >> 2 * run & 3) << 4) - 32;
      decode(bytes, at + 8 + run * RUN / 2, d * scale, values, to + run * RUN);
    }
  }

  private static void decode(ByteBuffer bytes, int at, float scale, float[] values, int to) {
    for (int i = 0; i < RUN / 2; i++) {
      int pair = bytes.get(at + i);
      values[to + i] = scale * TABLE[pair & 0xf];
      values[to + RUN / 2 + i] = scale * TABLE[pair >> 4 & 0xf];
    }
  }

  /** One scale for 32 values. */
  public static void small(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float[] x = Arrays.copyOfRange(values, from, from + RUN);
    float scale = scales(x, Importance.of(importance, from, RUN))[0];
    bytes.putShort(Half.fromFloat(scale));
    put(bytes, x, 0, scale == 0 ? 0 : 1 / scale);
  }

  /** One scale for 256 values, that of each 32 a whole multiple of it. */
  public static void large(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float[] x = Arrays.copyOfRange(values, from, from + SuperBlocks.SIZE);
    float[] scales = scales(x, Importance.of(importance, from, SuperBlocks.SIZE));
    float d = -SignedSearch.extreme(scales) / 32;
    float inverse = d == 0 ? 0 : 1 / d;
    int[] rounded = new int[scales.length];
    int high = 0;
    for (int run = 0; run < scales.length; run++) {
      rounded[run] = Rounding.halfEven(inverse * scales[run], -32, 31);
      high |= (rounded[run] + 32 >> 4) << 2 * run;
    }
    bytes.putShort(Half.fromFloat(d));
    bytes.putShort((short) high);
    for (int run = 0; run < scales.length; run += 2) {
      bytes.put((byte) (rounded[run] + 32 & 0xf | (rounded[run + 1] + 32 & 0xf) << 4));
    }
    for (int run = 0; run < scales.length; run++) {
      float step = d * rounded[run];
      put(bytes, x, run * RUN, step == 0 ? 0 : 1 / step);
    }
  }

  private static void put(ByteBuffer bytes, float[] x, int from, float inverse) {
    for (int i = from; i < from + RUN / 2; i++) {
      bytes.put((byte) (nearest(inverse * x[i]) | nearest(inverse * x[i + RUN / 2]) << 4));
    }
  }

  private static float[] scales(float[] x, float @Nullable [] importance) {
    float variance = Importance.sumOfSquares(x, 0, x.length) * (2f / x.length);
    float[] scales = new float[x.length / RUN];
    for (int run = 0; run < scales.length; run++) {
      float[] each = Arrays.copyOfRange(x, run * RUN, (run + 1) * RUN);
      float[] weights =
          importance == null
              ? new float[RUN]
              : Importance.weights(importance, x, run * RUN, RUN, variance);
      for (int i = 0; importance == null && i < RUN; i++) {
        weights[i] = each[i] * each[i];
      }
      scales[run] = scale(each, weights);
    }
    return scales;
  }

  private static float scale(float[] x, float[] weights) {
    float extreme = SignedSearch.extreme(x);
    if (Math.abs(extreme) < SignedSearch.LEAST) {
      return 0;
    }
    float scale = 0;
    float best = 0;
    for (int tried = -TRIES - 1; tried <= TRIES; tried++) {
      boolean first = tried < -TRIES;
      float inverse = first ? 1 / (-extreme / TABLE[0]) : (tried + TABLE[0]) / extreme;
      float wqx = 0;
      float wqq = 0;
      for (int i = 0; i < x.length; i++) {
        float q = TABLE[nearest(inverse * x[i])];
        wqx += weights[i] * q * x[i];
        wqq += weights[i] * q * q;
      }
      if (first || (wqq > 0 && wqx * wqx > best * wqq)) {
        scale = wqx / wqq;
        best = scale * wqx;
      }
    }
    return scale;
  }

  /** The code of the nearest entry; half-way the greater one. */
  private static int nearest(float value) {
    for (int i = 1; i < TABLE.length; i++) {
      if (value < TABLE[i]) {
        return value - TABLE[i - 1] < TABLE[i] - value ? i - 1 : i;
      }
    }
    return TABLE.length - 1;
  }
}
