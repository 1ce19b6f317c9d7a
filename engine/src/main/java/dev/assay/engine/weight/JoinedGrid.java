package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.function.Function;

/** The codes and grids of several weights, rows after rows. */
record JoinedGrid(NDArray codes, NDArray scales, NDArray zeros) {
  static JoinedGrid of(TorchSession torch, NDManager owner, List<QuantizedWeight> weights) {
    return new JoinedGrid(
        join(torch, owner, weights, QuantizedWeight::codes),
        join(torch, owner, weights, QuantizedWeight::scales),
        join(torch, owner, weights, QuantizedWeight::zeros));
  }

  /**
   * The zeros in bytes where they are whole numbers in all of the weights, otherwise in the scales'
   * type.
   *
   * @param weights those that it was joined of
   */
  NDArray narrowZeros(TorchSession torch, NDManager owner, List<QuantizedWeight> weights) {
    boolean whole =
        weights.stream().noneMatch(w -> w.grid().layout() == GridForm.Layout.REAL_ZEROS);
    DType type = whole ? DType.UINT8 : torch.tensors().typeOf(scales);
    return torch.tensors().cast(owner, zeros, type);
  }

  private static NDArray join(
      TorchSession torch,
      NDManager owner,
      List<QuantizedWeight> weights,
      Function<QuantizedWeight, NDArray> part) {
    return torch.tensors().concatenate(owner, weights.stream().map(part).toList(), 0);
  }
}
