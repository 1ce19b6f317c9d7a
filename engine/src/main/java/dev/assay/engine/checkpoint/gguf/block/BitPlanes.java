package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;

/** Codes of a super-block spread over the bits of bytes that are 32 values apart. */
final class BitPlanes {
  private static final int RUN = 32;
  private static final int HALF = 128;

  private BitPlanes() {}

  /** Two low bits: of each half of 128, 32 bytes that hold four values 32 apart. */
  static void putPairs(ByteBuffer bytes, int[] codes) {
    for (int half = 0; half < codes.length; half += HALF) {
      for (int i = half; i < half + RUN; i++) {
        int pairs = 0;
        for (int plane = 0; plane < 4; plane++) {
          pairs |= (codes[i + plane * RUN] & 3) << 2 * plane;
        }
        bytes.put((byte) pairs);
      }
    }
  }

  /** One bit: 32 bytes that hold eight values 32 apart. */
  static void putPlanes(ByteBuffer bytes, int[] codes, int bit) {
    for (int i = 0; i < RUN; i++) {
      int planes = 0;
      for (int plane = 0; plane < Byte.SIZE; plane++) {
        planes |= (codes[i + plane * RUN] >> bit & 1) << plane;
      }
      bytes.put((byte) planes);
    }
  }
}
