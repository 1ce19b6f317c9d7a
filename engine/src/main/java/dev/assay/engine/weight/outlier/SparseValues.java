package dev.assay.engine.weight.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/**
 * A few values of a matrix, row by row (CSR).
 *
 * @param offsets int32 [rows + 1], where the values of each row begin
 * @param columns int32 [values], the column of each
 * @param values float16 or float32 [values]
 */
public record SparseValues(NDArray offsets, NDArray columns, NDArray values) {
  /** Columns that a number of 16 bits can say. */
  private static final long NARROW = 1L << 15;

  public SparseValues {
    if (offsets.getDataType() != DataType.INT32 || columns.getDataType() != DataType.INT32) {
      throw new IllegalArgumentException("offsets and columns are to be int32");
    }
    long count = values.getShape().size();
    if (columns.getShape().size() != count) {
      throw new IllegalArgumentException(
          "columns: found " + columns.getShape() + ", expected one of each of " + count);
    }
    if (offsets.getShape().size() < 1 || offsets.toIntArray()[rows(offsets)] != count) {
      throw new IllegalArgumentException(
          "offsets: found " + offsets.getShape() + ", expected an end at " + count);
    }
  }

  private static int rows(NDArray offsets) {
    return Math.toIntExact(offsets.getShape().size() - 1);
  }

  /** The entries of a matrix that a mask picks. */
  public static SparseValues of(TorchSession torch, NDManager owner, NDArray matrix, NDArray mask) {
    return of(FormScripts.of(torch).callForList(owner, "sparse_of", matrix, mask));
  }

  private static SparseValues of(List<NDArray> parts) {
    return new SparseValues(parts.get(0), parts.get(1), parts.get(2));
  }

  long rows() {
    return rows(offsets);
  }

  /** How many there are. */
  public long count() {
    return values.getShape().size();
  }

  long storedBytes(long width) {
    return FormScripts.bytes(offsets)
        + count() * columnType(width).bytes()
        + FormScripts.bytes(values);
  }

  /** The type in which columns of a matrix of some width are stored. */
  static DType columnType(long width) {
    return width <= NARROW ? DType.INT16 : DType.INT32;
  }

  SparseValues select(TorchSession torch, NDManager owner, long[] rows) {
    return of(
        FormScripts.of(torch).callForList(owner, "sparse_rows", offsets, columns, values, rows));
  }

  static SparseValues join(
      TorchSession torch, NDManager owner, List<SparseValues> parts, long[] places) {
    try (NDManager scope = owner.newSubManager()) {
      SparseValues all =
          new SparseValues(
              FormScripts.of(torch)
                  .call(scope, "sparse_joined", parts.stream().map(SparseValues::offsets).toList()),
              torch
                  .tensors()
                  .concatenate(scope, parts.stream().map(SparseValues::columns).toList(), 0),
              torch
                  .tensors()
                  .concatenate(scope, parts.stream().map(SparseValues::values).toList(), 0));
      long[] rows = new long[places.length];
      for (int i = 0; i < places.length; i++) {
        rows[Math.toIntExact(places[i])] = i;
      }
      return all.select(torch, owner, rows);
    }
  }

  SparseValues narrowed(TorchSession torch, NDManager owner) {
    return new SparseValues(
        offsets, columns, FormScripts.copy(torch, owner, values, DType.FLOAT16));
  }
}
