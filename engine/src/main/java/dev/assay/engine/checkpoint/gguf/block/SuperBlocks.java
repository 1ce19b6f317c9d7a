package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;

/**
 * The "K" types: super-blocks of 256 values in runs of 16 or 32, each run with a small whole scale
 * (and minimum) that one float16 (or two) of the super-block multiplies.
 */
public final class SuperBlocks {
  /** Values a super-block. */
  public static final int SIZE = 256;

  /** Most types spread codes over two halves of 128 values. */
  private static final int HALF = 128;

  private static final int RUN = 32;

  private SuperBlocks() {}

  /** 16 bytes of scale (low) and minimum (high), 64 of codes, d, dmin. */
  public static void q2(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at + 80));
    float minimum = Half.toFloat(bytes.getShort(at + 82));
    for (int run = 0; run < 16; run++) {
      int pair = bytes.get(at + run);
      float d = scale * (pair & 0xf);
      float m = minimum * (pair >> 4 & 0xf);
      int codes = at + 16 + run / 8 * RUN + run % 2 * 16;
      int shift = run / 2 % 4 * 2;
      for (int i = 0; i < 16; i++) {
        values[to + run * 16 + i] = d * (bytes.get(codes + i) >> shift & 3) - m;
      }
    }
  }

  /** 32 bytes of third bits, 64 of codes, 12 of scales of 6 bits, d. */
  public static void q3(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at + 108));
    for (int run = 0; run < 16; run++) {
      int low = bytes.get(at + 96 + run % 8) >> run / 8 * 4 & 0xf;
      int high = bytes.get(at + 104 + run % 4) >> run / 4 * 2 & 3;
      float d = scale * ((low | high << 4) - 32);
      int column = run % 2 * 16;
      int codes = at + 32 + run / 8 * RUN + column;
      int shift = run / 2 % 4 * 2;
      for (int i = 0; i < 16; i++) {
        int third = bytes.get(at + column + i) >> run / 2 & 1;
        int code = bytes.get(codes + i) >> shift & 3 | third << 2;
        values[to + run * 16 + i] = d * (code - 4);
      }
    }
  }

  /** d, dmin, 12 bytes of scales and minima, 128 of codes. */
  public static void q4(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at));
    float minimum = Half.toFloat(bytes.getShort(at + 2));
    for (int run = 0; run < 8; run++) {
      float d = scale * sixBitScale(bytes, at + 4, run);
      float m = minimum * sixBitMinimum(bytes, at + 4, run);
      int codes = at + 16 + run / 2 * RUN;
      int shift = run % 2 * 4;
      for (int i = 0; i < RUN; i++) {
        values[to + run * RUN + i] = d * (bytes.get(codes + i) >> shift & 0xf) - m;
      }
    }
  }

  /** d, dmin, 12 bytes of scales and minima, 32 of fifth bits, 128 of codes. */
  public static void q5(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at));
    float minimum = Half.toFloat(bytes.getShort(at + 2));
    for (int run = 0; run < 8; run++) {
      float d = scale * sixBitScale(bytes, at + 4, run);
      float m = minimum * sixBitMinimum(bytes, at + 4, run);
      int codes = at + 48 + run / 2 * RUN;
      int shift = run % 2 * 4;
      for (int i = 0; i < RUN; i++) {
        int fifth = bytes.get(at + 16 + i) >> run & 1;
        int code = bytes.get(codes + i) >> shift & 0xf | fifth << 4;
        values[to + run * RUN + i] = d * code - m;
      }
    }
  }

  /** 128 bytes of low bits, 64 of pairs of high bits, 16 signed scales, d. */
  public static void q6(ByteBuffer bytes, int at, float[] values, int to) {
    float scale = Half.toFloat(bytes.getShort(at + 208));
    for (int run = 0; run < 16; run++) {
      float d = scale * bytes.get(at + 192 + run);
      int half = run / 8;
      int quarter = run % 8 / 2;
      int column = run % 2 * 16;
      int low = at + half * HALF / 2 + quarter % 2 * RUN + column;
      int high = at + HALF + half * RUN + column;
      for (int i = 0; i < 16; i++) {
        int code =
            bytes.get(low + i) >> quarter / 2 * 4 & 0xf
                | (bytes.get(high + i) >> quarter * 2 & 3) << 4;
        values[to + run * 16 + i] = d * (code - 32);
      }
    }
  }

  /** Runs 0 to 3 have their six bits in a byte; 4 to 7 are put together from two. */
  private static int sixBitScale(ByteBuffer bytes, int at, int run) {
    return run < 4
        ? bytes.get(at + run) & 0x3f
        : bytes.get(at + run + 4) & 0xf | (bytes.get(at + run - 4) >> 6 & 3) << 4;
  }

  private static int sixBitMinimum(ByteBuffer bytes, int at, int run) {
    return run < 4
        ? bytes.get(at + run + 4) & 0x3f
        : bytes.get(at + run + 4) >> 4 & 0xf | (bytes.get(at + run) >> 6 & 3) << 4;
  }
}
