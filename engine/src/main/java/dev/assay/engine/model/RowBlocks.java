package dev.assay.engine.model;

import java.util.Arrays;

/**
 * Rows of a stored weight that make up one linear: {@code count} blocks of {@code size} rows, each
 * {@code stride} after the one before.
 *
 * @param offset first row
 */
public record RowBlocks(long offset, long size, long stride, long count) {
  public RowBlocks {
    if (offset < 0 || size < 1 || count < 1 || stride < size) {
      throw new IllegalArgumentException(
          "no such rows: " + offset + ", " + size + ", " + stride + ", " + count);
    }
    // One run of rows is said in one way, so that equal rows are equal.
    if (count == 1 || stride == size) {
      size = size * count;
      stride = size;
      count = 1;
    }
  }

  /** One run of rows. */
  public static RowBlocks run(long offset, long size) {
    return new RowBlocks(offset, size, size, 1);
  }

  /**
   * Rows by their numbers, rising.
   *
   * @throws IllegalArgumentException if they are not blocks of one size at one distance
   */
  static RowBlocks of(long[] rows) {
    int size = 1;
    while (size < rows.length && rows[size] == rows[size - 1] + 1) {
      size++;
    }
    long stride = size < rows.length ? rows[size] - rows[0] : size;
    RowBlocks blocks = new RowBlocks(rows[0], size, stride, Math.max(1, rows.length / size));
    if (!Arrays.equals(blocks.indices(), rows)) {
      throw new IllegalArgumentException("no blocks of one size: " + Arrays.toString(rows));
    }
    return blocks;
  }

  /** Number of rows. */
  public long rows() {
    return size * count;
  }

  /** All rows, in order. */
  public long[] indices() {
    long[] indices = new long[Math.toIntExact(rows())];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = offset + i / size * stride + i % size;
    }
    return indices;
  }
}
