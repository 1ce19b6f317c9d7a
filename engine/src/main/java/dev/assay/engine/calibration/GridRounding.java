package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;

/** Rounds a weight to a grid, from nothing but its values. */
@FunctionalInterface
public interface GridRounding {
  /**
   * The rounded weight.
   *
   * @param weight float32 [out, in]
   * @return float32 scales, tensors owned by {@code owner}
   */
  QuantizedWeight round(TorchSession torch, NDManager owner, NDArray weight);
}
