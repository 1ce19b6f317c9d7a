package dev.assay.engine.model;

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
  }

  /** One run of rows. */
  public static RowBlocks run(long offset, long size) {
    return new RowBlocks(offset, size, size, 1);
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
