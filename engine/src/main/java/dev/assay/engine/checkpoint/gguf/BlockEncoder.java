package dev.assay.engine.checkpoint.gguf;

import java.nio.ByteBuffer;

/** Rounds values to one block of a type, as ggml's reference quantizers do. */
@FunctionalInterface
interface BlockEncoder {
  /**
   * Encodes a block.
   *
   * @param values rows of a tensor
   * @param from the block's first value
   * @param bytes little-endian; receives the block at its position
   */
  void encode(float[] values, int from, ByteBuffer bytes);

  /** One float32. */
  static void f32(float[] values, int from, ByteBuffer bytes) {
    bytes.putFloat(values[from]);
  }

  /** One float16. */
  static void f16(float[] values, int from, ByteBuffer bytes) {
    bytes.putShort(Half.fromFloat(values[from]));
  }

  /** d = max |x| / 127, q = x / d rounded half away from zero, with d in float32. */
  static void q8Zero(float[] values, int from, ByteBuffer bytes) {
    float greatest = 0;
    for (int i = 0; i < SmallBlocks.SIZE; i++) {
      greatest = Math.max(greatest, Math.abs(values[from + i]));
    }
    float scale = greatest / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    bytes.putShort(Half.fromFloat(scale));
    for (int i = 0; i < SmallBlocks.SIZE; i++) {
      bytes.put((byte) roundHalfAway(values[from + i] * inverse));
    }
  }

  private static int roundHalfAway(float value) {
    float magnitude = Math.abs(value);
    int floor = (int) magnitude;
    int rounded = floor + (int) (2 * (magnitude - floor));
    return value < 0 ? -rounded : rounded;
  }

  /**
   * m the value of largest magnitude, d = −m / 8, q = min(15, ⌊x / d + 8.5⌋): m itself gets code 0.
   * The product is taken in double, as one with a fused addition would be.
   */
  static void q4Zero(float[] values, int from, ByteBuffer bytes) {
    float greatest = 0;
    for (int i = 0; i < SmallBlocks.SIZE; i++) {
      float value = values[from + i];
      greatest = Math.abs(value) > Math.abs(greatest) ? value : greatest;
    }
    float scale = greatest / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    bytes.putShort(Half.fromFloat(scale));
    int half = SmallBlocks.SIZE / 2;
    for (int i = 0; i < half; i++) {
      int low = code(values[from + i], inverse);
      int high = code(values[from + half + i], inverse);
      bytes.put((byte) (low | high << 4));
    }
  }

  private static int code(float value, float inverse) {
    return Math.max(0, Math.min(15, (int) ((double) value * inverse + 8.5)));
  }
}
