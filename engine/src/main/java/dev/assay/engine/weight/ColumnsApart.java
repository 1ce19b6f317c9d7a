package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Codes on a grid, and values in place of those of some columns.
 *
 * @param rounded all columns
 * @param columns int32 [apart], the columns that are not taken from it, in order
 * @param values float16 [out, apart]
 */
public record ColumnsApart(QuantizedWeight rounded, NDArray columns, NDArray values) {
  /**
   * @throws IllegalArgumentException if columns are not int32, ascending and of the weight, or
   *     values not float16 of its rows and these columns
   */
  public ColumnsApart {
    if (columns.getDataType() != DataType.INT32) {
      throw new IllegalArgumentException(
          "columns: found " + columns.getDataType() + ", expected int32");
    }
    long before = -1;
    for (int column : columns.toIntArray()) {
      if (column <= before || column >= rounded.inFeatures()) {
        throw new IllegalArgumentException(
            "columns: found %d after %d, expected ascending ones below %d"
                .formatted(column, before, rounded.inFeatures()));
      }
      before = column;
    }
    Shape shape = new Shape(rounded.outFeatures(), columns.getShape().size());
    if (values.getDataType() != DataType.FLOAT16 || !values.getShape().equals(shape)) {
      throw new IllegalArgumentException(
          "values: found %s %s, expected float16 %s"
              .formatted(values.getDataType(), values.getShape(), shape));
    }
  }
}
