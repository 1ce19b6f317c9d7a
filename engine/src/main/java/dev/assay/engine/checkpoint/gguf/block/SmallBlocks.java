package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;

/**
 * Blocks of 32 values with one scale d, and in the types that end in 1 a minimum m, both float16.
 * Of 4-bit codes the low halves of 16 bytes are the values 0 to 15, the high halves 16 to 31; a
 * fifth bit stands in a 32-bit word of its own.
 */
public final class SmallBlocks {
  /** Values a block. */
  public static final int SIZE = 32;

  private static final int HALF = SIZE / 2;

  private SmallBlocks() {}

  /** d, 32 signed bytes: d · q. */
  public static void q8Zero(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at));
    for (int i = 0; i < SIZE; i++) {
      values[to + i] = scale * bytes.get(at + 2 + i);
    }
  }

  /** d, 16 bytes of codes: d · (q − 8). */
  public static void q4Zero(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at));
    for (int i = 0; i < HALF; i++) {
      int pair = bytes.get(at + 2 + i);
      values[to + i] = scale * ((pair & 0xf) - 8);
      values[to + HALF + i] = scale * ((pair >> 4 & 0xf) - 8);
    }
  }

  /** d, m, 16 bytes of codes: d · q + m. */
  public static void q4One(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at));
    float minimum = Half.toFloat(bytes.getShort(at + 2));
    for (int i = 0; i < HALF; i++) {
      int pair = bytes.get(at + 4 + i);
      values[to + i] = scale * (pair & 0xf) + minimum;
      values[to + HALF + i] = scale * (pair >> 4 & 0xf) + minimum;
    }
  }

  /** d, the fifth bits, 16 bytes of codes: d · (q − 16). */
  public static void q5Zero(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at));
    int fifth = bytes.getInt(at + 2);
    for (int i = 0; i < HALF; i++) {
      int pair = bytes.get(at + 6 + i);
      values[to + i] = scale * ((pair & 0xf | bit(fifth, i)) - 16);
      values[to + HALF + i] = scale * ((pair >> 4 & 0xf | bit(fifth, HALF + i)) - 16);
    }
  }

  /** d, m, the fifth bits, 16 bytes of codes: d · q + m. */
  public static void q5One(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at));
    float minimum = Half.toFloat(bytes.getShort(at + 2));
    int fifth = bytes.getInt(at + 4);
    for (int i = 0; i < HALF; i++) {
      int pair = bytes.get(at + 8 + i);
      values[to + i] = scale * (pair & 0xf | bit(fifth, i)) + minimum;
      values[to + HALF + i] = scale * (pair >> 4 & 0xf | bit(fifth, HALF + i)) + minimum;
    }
  }

  private static int bit(int word, int index) {
    return (word >>> index & 1) << 4;
  }
}
