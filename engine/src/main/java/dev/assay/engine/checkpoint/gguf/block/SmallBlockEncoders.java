package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Rounds to the types of {@link SmallBlocks}: the scale follows from the value of largest
 * magnitude, or from the least and the greatest; nothing is searched. Sums of a product and 8.5 or
 * 16.5 are taken in double, as a fused multiply-add would be, with which the reference was built.
 */
public final class SmallBlockEncoders {
  private static final int SIZE = SmallBlocks.SIZE;

  private SmallBlockEncoders() {}

  /** d = max |x| / 127, q = x / d rounded half away from zero, with d in float32. */
  public static void q8Zero(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float scale = Math.abs(extreme(values, from)) / 127;
    float inverse = inverse(scale);
    bytes.putShort(Half.fromFloat(scale));
    for (int i = 0; i < SIZE; i++) {
      bytes.put((byte) Rounding.halfAway(values[from + i] * inverse));
    }
  }

  /** m the value of largest magnitude, d = −m / 8, q = min(15, ⌊x / d + 8.5⌋): m gets code 0. */
  public static void q4Zero(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float scale = extreme(values, from) / -8;
    bytes.putShort(Half.fromFloat(scale));
    SmallBlockCodes.putNibbles(bytes, middled(values, from, inverse(scale), 8));
  }

  /** The same with 16 levels to a side and a fifth bit. */
  public static void q5Zero(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    float scale = extreme(values, from) / -16;
    bytes.putShort(Half.fromFloat(scale));
    SmallBlockCodes.putFiveBits(bytes, middled(values, from, inverse(scale), 16));
  }

  /** m the least value, d = (max − m) / 15, q = min(15, ⌊(x − m) / d + 0.5⌋). */
  public static void q4One(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    SmallBlockCodes.putNibbles(bytes, fromLeast(values, from, 15, bytes));
  }

  /** The same with 31 steps and a fifth bit. */
  public static void q5One(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    SmallBlockCodes.putFiveBits(bytes, fromLeast(values, from, 31, bytes));
  }

  private static float extreme(float[] values, int from) {
    float extreme = 0;
    for (int i = 0; i < SIZE; i++) {
      float value = values[from + i];
      extreme = Math.abs(value) > Math.abs(extreme) ? value : extreme;
    }
    return extreme;
  }

  private static float inverse(float scale) {
    return scale == 0 ? 0 : 1 / scale;
  }

  private static int[] middled(float[] values, int from, float inverse, int middle) {
    int[] codes = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      int code = (int) ((double) values[from + i] * inverse + (middle + 0.5));
      codes[i] = Math.max(0, Math.min(2 * middle - 1, code));
    }
    return codes;
  }

  private static int[] fromLeast(float[] values, int from, int steps, ByteBuffer bytes) {
    float least = values[from];
    float greatest = least;
    for (int i = 1; i < SIZE; i++) {
      least = Math.min(least, values[from + i]);
      greatest = Math.max(greatest, values[from + i]);
    }
    float scale = (greatest - least) / steps;
    float inverse = inverse(scale);
    bytes.putShort(Half.fromFloat(scale));
    bytes.putShort(Half.fromFloat(least));
    int[] codes = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      codes[i] = Math.min(steps, (int) ((double) (values[from + i] - least) * inverse + 0.5));
    }
    return codes;
  }
}
