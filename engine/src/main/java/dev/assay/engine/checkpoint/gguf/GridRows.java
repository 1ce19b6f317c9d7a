package dev.assay.engine.checkpoint.gguf;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.weight.QuantizedWeight;

/**
 * Some rows of a weight on a uniform grid, in the memory of Java.
 *
 * @param columns of a row
 * @param codes [rows, columns]
 * @param scales [rows, groups]
 * @param zeros of the same shape, whole numbers
 * @param groups the group of each column
 */
@SuppressWarnings("ArrayRecordComponent") // a view that is read and dropped
public record GridRows(int columns, byte[] codes, float[] scales, float[] zeros, int[] groups) {
  /** Rows from one to before another. */
  public static GridRows of(
      Tensors tensors, NDManager owner, QuantizedWeight weight, long from, long to) {
    NDArray codes = tensors.rows(owner, weight.codes(), from, to);
    return new GridRows(
        (int) weight.inFeatures(),
        codes.toByteArray(),
        tensors.floats(tensors.rows(owner, weight.scales(), from, to)),
        tensors.floats(tensors.rows(owner, weight.zeros(), from, to)),
        weight.groupIndex().toIntArray());
  }

  int count() {
    return codes.length / columns;
  }

  int code(int row, int column) {
    return codes[row * columns + column] & 0xff;
  }

  float scale(int row, int column) {
    return scales[place(row, column)];
  }

  int zero(int row, int column) {
    return (int) zeros[place(row, column)];
  }

  private int place(int row, int column) {
    return row * (scales.length / count()) + groups[column];
  }
}
