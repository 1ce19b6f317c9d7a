package dev.assay.engine.weight;

import ai.djl.ndarray.types.Shape;

/**
 * Which weights of a matrix share a scale: blocks of rows and columns, those at the edges smaller.
 *
 * @param rows of a block; {@value #ALL} for all
 * @param columns of a block; {@value #ALL} for all
 * @param layout how it is published
 */
public record ScaleBlocks(long rows, long columns, Layout layout) {
  /** As many as there are. */
  public static final long ALL = 0;

  /** The published layouts. */
  public enum Layout {
    /** {@code weight_scale}, the shape of blocks in a group of the configuration. */
    COMPRESSED_TENSORS,
    /** {@code weight_scale_inv}, one shape for all linears: DeepSeek's, and transformers'. */
    SCALE_INV
  }

  public ScaleBlocks {
    if (rows < 0 || columns < 0 || (rows == ALL && columns != ALL)) {
      throw new IllegalArgumentException(
          "blocks: found %d rows and %d columns, expected 1 or more, or 0 for all"
              .formatted(rows, columns));
    }
    if (layout == Layout.SCALE_INV && (rows == ALL || columns == ALL)) {
      throw new IllegalArgumentException("weight_scale_inv has blocks of rows and columns");
    }
  }

  /** One scale for all. */
  public static ScaleBlocks whole() {
    return new ScaleBlocks(ALL, ALL, Layout.COMPRESSED_TENSORS);
  }

  /** One a row. */
  public static ScaleBlocks byRow() {
    return new ScaleBlocks(1, ALL, Layout.COMPRESSED_TENSORS);
  }

  /** Whether there is one scale for all, whatever the shape. */
  public boolean isWhole() {
    return rows == ALL;
  }

  /** Rows of a block of a weight with so many outputs. */
  long rowsOf(long out) {
    return rows == ALL ? out : rows;
  }

  /** Columns of a block of a weight with so many inputs. */
  long columnsOf(long in) {
    return columns == ALL ? in : columns;
  }

  /** The shape of the scales of a weight. */
  public Shape grid(long out, long in) {
    return new Shape(count(out, rowsOf(out)), count(in, columnsOf(in)));
  }

  private static long count(long features, long block) {
    return (features + block - 1) / block;
  }

  /** The same columns for each row by itself. */
  ScaleBlocks ofRows() {
    return new ScaleBlocks(1, columns, Layout.COMPRESSED_TENSORS);
  }

  /** In a word, for reports; nothing where a row or all of it shares one. */
  String label() {
    if (columns == ALL) {
      return "";
    }
    return rows == 1 ? " g" + columns : " " + rows + "x" + columns;
  }
}
