package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;

/**
 * Puts the codes of the types of {@link SmallBlocks} and {@link TernaryBlocks} into their bytes.
 */
public final class SmallBlockCodes {
  private static final int SIZE = SmallBlocks.SIZE;
  private static final int HALF = SIZE / 2;

  private SmallBlockCodes() {}

  /** 32 codes of four bits. */
  public static void putNibbles(ByteBuffer bytes, int[] codes) {
    for (int i = 0; i < HALF; i++) {
      bytes.put((byte) (codes[i] & 0xf | (codes[HALF + i] & 0xf) << 4));
    }
  }

  /** 32 codes of five bits, the fifth ones first. */
  public static void putFiveBits(ByteBuffer bytes, int[] codes) {
    int fifth = 0;
    for (int i = 0; i < SIZE; i++) {
      fifth |= (codes[i] >> 4 & 1) << i;
    }
    bytes.putInt(fifth);
    putNibbles(bytes, codes);
  }

  /** 256 codes of two bits. */
  public static void putPairs(ByteBuffer bytes, int[] codes) {
    BitPlanes.putPairs(bytes, codes);
  }
}
