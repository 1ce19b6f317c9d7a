package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Types that are no blocks: one value after another. */
public final class PlainValues {
  private PlainValues() {}

  /** One float32. */
  public static void f32(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    bytes.putFloat(values[from]);
  }

  /** One float16. */
  public static void f16(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    bytes.putShort(Half.fromFloat(values[from]));
  }

  /** One bfloat16: the nearest, of two equally near ones the even. */
  public static void bf16(
      float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    int bits = Float.floatToRawIntBits(values[from]);
    boolean nan = Float.isNaN(values[from]);
    int rounded = nan ? bits | 0x400000 : bits + 0x7fff + (bits >>> 16 & 1);
    bytes.putShort((short) (rounded >>> 16));
  }
}
