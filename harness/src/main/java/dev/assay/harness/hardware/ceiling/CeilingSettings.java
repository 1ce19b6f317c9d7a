package dev.assay.harness.hardware.ceiling;

import dev.assay.engine.torch.DType;
import java.util.List;
import java.util.OptionalLong;

/**
 * On what a machine's limits are measured.
 *
 * @param streamBytes memory that the arrays of the bandwidth tests take together; well beyond the
 *     last-level cache
 * @param gemmTypes types whose matrix multiplication is timed
 */
public record CeilingSettings(long streamBytes, List<DType> gemmTypes) {
  private static final long MEBIBYTE = 1L << 20;
  private static final long MIN_STREAM_BYTES = 192 * MEBIBYTE;
  private static final long MAX_STREAM_BYTES = 1024 * MEBIBYTE;

  /** Three arrays, each as large as STREAM asks for: four times the last-level cache. */
  private static final long STREAM_CACHES = 12;

  private static final int MEMORY_SHARE = 4;

  public CeilingSettings {
    if (streamBytes < MEBIBYTE) {
      throw new IllegalArgumentException(
          "streamBytes: found " + streamBytes + ", expected at least " + MEBIBYTE);
    }
    gemmTypes = List.copyOf(gemmTypes);
  }

  /**
   * Arrays of twelve times the last-level cache together, but no more than 1 GiB nor a quarter of
   * the free memory; products in the four types that models run in.
   *
   * @param lastLevelCacheBytes size of the cache next to memory, if known
   * @param availableMemoryBytes free memory
   */
  public static CeilingSettings forMachine(
      OptionalLong lastLevelCacheBytes, long availableMemoryBytes) {
    long wanted = Math.max(MIN_STREAM_BYTES, STREAM_CACHES * lastLevelCacheBytes.orElse(0));
    long allowed = Math.min(MAX_STREAM_BYTES, availableMemoryBytes / MEMORY_SHARE);
    return new CeilingSettings(
        Math.max(MEBIBYTE, Math.min(wanted, allowed)),
        List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.INT8));
  }
}
