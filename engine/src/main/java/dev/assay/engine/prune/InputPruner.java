package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** Prunes a weight by itself and by the norms of its inputs. */
@FunctionalInterface
interface InputPruner {
  /**
   * What is left of a weight.
   *
   * @param weight float32 [out, in]; it is not changed
   * @param squaredNorms float32 [in], (1/n) Σ x² over the tokens of n sequences
   * @return tensors owned by {@code owner}; weights that stay are unchanged to the bit
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if a weight or a norm is not finite
   */
  PrunedWeight prune(
      TorchSession torch, NDManager owner, NDArray weight, NDArray squaredNorms, Sparsity sparsity);
}
