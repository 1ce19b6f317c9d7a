package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * MXFP4 and NVFP4: codes of the 4-bit float E2M1 under a power of two for 32 values, or under an
 * 8-bit float for 16. Of two equally near values the code is the smaller magnitude's, and never −0.
 */
public final class FloatBlocks {
  /** Values of NVFP4's block, which has four scales. */
  public static final int LARGE = 64;

  /** Twice the magnitudes of E2M1. */
  private static final int[] TWICE = {0, 1, 2, 3, 4, 6, 8, 12};

  private static final int BIAS = 127;
  private static final int GREATEST_EXPONENT = 2;
  private static final int RUN = 16;

  private FloatBlocks() {}

  /** One byte e, 16 bytes of codes: 2^(e − 127) · E2M1. */
  public static void mx(ByteBuffer bytes, int at, float[] values, int to) {
    decode(bytes, at + 1, half(bytes.get(at) & 0xff), 16, values, to);
  }

  /** Four scales, 32 bytes of codes: scale · E2M1. */
  public static void nv(ByteBuffer bytes, int at, float[] values, int to) {
    for (int run = 0; run < LARGE / RUN; run++) {
      float scale = unsigned(bytes.get(at + run) & 0xff) / 2;
      decode(bytes, at + 4 + run * RUN / 2, scale, RUN / 2, values, to + run * RUN);
    }
  }

  private static void decode(
      ByteBuffer bytes, int at, float half, int count, float[] values, int to) {
    for (int i = 0; i < count; i++) {
      int pair = bytes.get(at + i);
      values[to + i] = half * twice(pair & 0xf);
      values[to + count + i] = half * twice(pair >> 4 & 0xf);
    }
  }

  /** The power of two is that of the greatest magnitude, less E2M1's own. */
  public static void mx(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float greatest = greatest(values, from, 32);
    // The logarithm is float32's, which may round up to the next power.
    float logarithm = (float) (Math.log(greatest) / Math.log(2));
    int e = greatest == 0 ? 0 : (int) Math.floor(logarithm) - GREATEST_EXPONENT + BIAS;
    int held = Math.max(0, e);
    bytes.put((byte) held);
    put(bytes, values, from, 16, half(held));
  }

  /** The scale is a sixth of the greatest magnitude, half-way up. */
  public static void nv(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    int[] scales = new int[LARGE / RUN];
    for (int run = 0; run < scales.length; run++) {
      scales[run] = code(greatest(values, from + run * RUN, RUN) / 6);
      bytes.put((byte) scales[run]);
    }
    for (int run = 0; run < scales.length; run++) {
      put(bytes, values, from + run * RUN, RUN / 2, unsigned(scales[run]) / 2);
    }
  }

  private static void put(ByteBuffer bytes, float[] values, int from, int count, float half) {
    for (int i = from; i < from + count; i++) {
      bytes.put((byte) (nearest(values[i], half) | nearest(values[i + count], half) << 4));
    }
  }

  private static float greatest(float[] values, int from, int count) {
    float greatest = 0;
    for (int i = from; i < from + count; i++) {
      greatest = Math.max(greatest, Math.abs(values[i]));
    }
    return greatest;
  }

  private static int twice(int code) {
    return code < Byte.SIZE ? TWICE[code] : -TWICE[code - Byte.SIZE];
  }

  private static int nearest(float value, float half) {
    int best = 0;
    float least = Math.abs(value);
    for (int code = 1; code < 2 * Byte.SIZE; code++) {
      float distance = Math.abs(half * twice(code) - value);
      if (distance < least) {
        least = distance;
        best = code;
      }
    }
    return best;
  }

  /** Half of 2^(e − 127). */
  private static float half(int e) {
    return Math.scalb(1f, e - BIAS - 1);
  }

  /** The value of four bits of exponent and three of mantissa. */
  private static float unsigned(int code) {
    int exponent = code >> 3 & 0xf;
    int mantissa = code & 7;
    return exponent == 0
        ? Math.scalb((float) mantissa, -9)
        : Math.scalb(8f + mantissa, exponent - 10);
  }

  /** The nearest such number; from 256 on the greatest. */
  private static int code(float value) {
    if (value < 0x1p-6f) {
      return Math.min(7, (int) (value * 512 + 0.5f));
    }
    int bits = Float.floatToRawIntBits(value) + (1 << 19);
    int exponent = (bits >> 23) - BIAS + 7;
    return exponent >= 15 ? 0x7e : exponent << 3 | bits >> 20 & 7;
  }
}
