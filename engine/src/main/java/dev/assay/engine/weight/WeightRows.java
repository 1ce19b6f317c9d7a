package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.function.Function;

/** Takes the rows of tensors apart and puts them together again. */
public final class WeightRows {
  private WeightRows() {}

  private static ScriptModule script(TorchSession torch) {
    return torch.script(WeightRows.class, "rows.py");
  }

  /** Some rows of a matrix, or elements of a vector. */
  public static NDArray select(TorchSession torch, NDManager owner, NDArray tensor, long[] rows) {
    return script(torch).call(owner, "select_rows", tensor, rows);
  }

  /** Some columns of a matrix. */
  public static NDArray columns(
      TorchSession torch, NDManager owner, NDArray matrix, long[] columns) {
    return script(torch).call(owner, "select_columns", matrix, columns);
  }

  /**
   * One tensor of several.
   *
   * @param places for each row of all parts, one after another, its place in the whole
   */
  public static NDArray join(
      TorchSession torch, NDManager owner, List<NDArray> parts, long[] places) {
    return script(torch).call(owner, "join_rows", parts, places);
  }

  /** The same of a tensor of each weight. */
  public static <W> NDArray join(
      TorchSession torch,
      NDManager owner,
      List<W> weights,
      Function<W, NDArray> tensor,
      long[] places) {
    return join(torch, owner, weights.stream().map(tensor).toList(), places);
  }

  /** The matrix with columns and rows exchanged. */
  public static NDArray transposed(TorchSession torch, NDManager owner, NDArray matrix) {
    return script(torch).call(owner, "transposed", matrix);
  }

  /** Whether two tensors are equal element by element. */
  public static boolean same(TorchSession torch, NDArray one, NDArray other) {
    return script(torch).callForBoolean("same", one, other);
  }

  /** Whether two tensors have one type and shape, and are equal element by element. */
  public static boolean alike(TorchSession torch, NDArray one, NDArray other) {
    return script(torch).callForBoolean("alike", one, other);
  }

  /** Whether some element is not 0. */
  public static boolean anyOtherThanZero(TorchSession torch, NDArray tensor) {
    return script(torch).callForBoolean("any_other_than_zero", tensor);
  }
}
