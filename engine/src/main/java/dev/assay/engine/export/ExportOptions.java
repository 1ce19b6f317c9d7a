package dev.assay.engine.export;

import java.util.Optional;

/**
 * How a checkpoint is to be written.
 *
 * @param shardBytes most bytes of tensors in a file, where the format has several; at least 1
 * @param type name of the type of the matrices, where the format has several
 * @param requantize whether weights that are quantized already may be rounded anew
 * @param bits of a code of what is rounded to a grid
 * @param groupSize columns that share a scale there; -1 for one scale a row
 */
public record ExportOptions(
    long shardBytes,
    Optional<String> type,
    boolean requantize,
    Optional<Integer> bits,
    Optional<Integer> groupSize) {
  public ExportOptions {
    if (shardBytes < 1) {
      throw new IllegalArgumentException(
          "shardBytes: found " + shardBytes + ", expected at least 1");
    }
  }

  /** Those without a grid. */
  public ExportOptions(long shardBytes, Optional<String> type, boolean requantize) {
    this(shardBytes, type, requantize, Optional.empty(), Optional.empty());
  }

  /** Nothing asked for but the size of files. */
  public static ExportOptions shards(long shardBytes) {
    return new ExportOptions(shardBytes, Optional.empty(), false);
  }
}
