package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;

/** Turns one block of a quantized type into its values. */
@FunctionalInterface
public interface BlockDecoder {
  /**
   * Decodes a block.
   *
   * @param bytes little-endian
   * @param at where the block begins in {@code bytes}
   * @param values receives the values
   * @param to where the first of them goes
   */
  void decode(ByteBuffer bytes, int at, float[] values, int to);
}
