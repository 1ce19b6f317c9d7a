package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LowRankWeight;
import java.util.Optional;

/** Makes an output layer a product of two. */
@FunctionalInterface
public interface HeadFactoring {
  /**
   * The product.
   *
   * @param weight float32 [out, in]
   * @return float32 factors owned by {@code owner}; nothing where the layer is to stay whole
   */
  Optional<LowRankWeight> factor(TorchSession torch, NDManager owner, NDArray weight);
}
