package dev.assay.engine.checkpoint.gguf.block;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes Q2_K, Q4_K and Q5_K; {@link SuperBlocks} has their layouts. */
public final class OffsetBlocks {
  private static final int SIZE = SuperBlocks.SIZE;
  private static final int RUN = 32;

  private static final OffsetBlock.Rule TWO =
      new OffsetBlock.Rule(
          16,
          15,
          new OffsetSearch(3, -0.5f, 0.1f, 15, true),
          new OffsetSearch(3, -0.9f, 0.05f, 36, false),
          1);
  private static final OffsetBlock.Rule FOUR =
      new OffsetBlock.Rule(
          RUN,
          63,
          new OffsetSearch(15, -1f, 0.1f, 20, false),
          new OffsetSearch(15, -0.9f, 0.05f, 36, false),
          2);
  private static final OffsetBlock.Rule FIVE =
      new OffsetBlock.Rule(
          RUN,
          63,
          new OffsetSearch(31, -0.5f, 0.1f, 15, false),
          new OffsetSearch(31, -0.9f, 0.05f, 36, false),
          2);

  private OffsetBlocks() {}

  /** Two bits, runs of 16. */
  public static void q2(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    OffsetBlock block = block(TWO, values, from, importance);
    for (int run = 0; run < SIZE / 16; run++) {
      bytes.put((byte) (block.scales()[run] | block.offsets()[run] << 4));
    }
    BitPlanes.putPairs(bytes, block.codes());
    bytes.putShort(block.d());
    bytes.putShort(block.dmin());
  }

  /** Four bits, runs of 32. */
  public static void q4(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    OffsetBlock block = block(FOUR, values, from, importance);
    putScales(bytes, block);
    putNibbles(bytes, block.codes());
  }

  /** Five bits, runs of 32. */
  public static void q5(float[] values, int from, float @Nullable [] importance, ByteBuffer bytes) {
    OffsetBlock block = block(FIVE, values, from, importance);
    putScales(bytes, block);
    BitPlanes.putPlanes(bytes, block.codes(), 4);
    putNibbles(bytes, block.codes());
  }

  private static OffsetBlock block(
      OffsetBlock.Rule rule, float[] values, int from, float @Nullable [] importance) {
    float[] x = Arrays.copyOfRange(values, from, from + SIZE);
    return OffsetBlock.of(rule, x, Importance.of(importance, from, SIZE));
  }

  /** d, dmin and twelve bytes of eight scales and eight offsets of six bits. */
  private static void putScales(ByteBuffer bytes, OffsetBlock block) {
    bytes.putShort(block.d());
    bytes.putShort(block.dmin());
    byte[] packed = new byte[12];
    for (int run = 0; run < 4; run++) {
      int late = run + 4;
      packed[run] = (byte) (block.scales()[run] | block.scales()[late] >> 4 << 6);
      packed[late] = (byte) (block.offsets()[run] | block.offsets()[late] >> 4 << 6);
      packed[run + 8] = (byte) (block.scales()[late] & 0xf | (block.offsets()[late] & 0xf) << 4);
    }
    bytes.put(packed);
  }

  /** Low nibbles of 32 values beside those of the next 32. */
  private static void putNibbles(ByteBuffer bytes, int[] codes) {
    for (int from = 0; from < SIZE; from += 2 * RUN) {
      for (int i = from; i < from + RUN; i++) {
        bytes.put((byte) (codes[i] & 0xf | (codes[i + RUN] & 0xf) << 4));
      }
    }
  }
}
