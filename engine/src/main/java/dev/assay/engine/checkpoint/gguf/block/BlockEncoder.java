package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Rounds values to one block of a type, as ggml's reference quantizers do: in float32, in order.
 */
@FunctionalInterface
public interface BlockEncoder {
  /**
   * Encodes a block.
   *
   * @param values rows of a tensor
   * @param from the block's first value
   * @param importance how much each column of a row counts (llama.cpp's importance matrix); null
   *     where all count alike. Types that search for no scale pass it over
   * @param bytes little-endian; receives the block at its position
   */
  void encode(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes);
}
