package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.TorchSession;

/**
 * Removes the weights of least magnitude: by one threshold for the whole matrix, or the smallest of
 * every m consecutive columns of a row. As in the published code every magnitude up to and with the
 * threshold goes, which is one entry more than the ratio says.
 *
 * @see <a href="https://github.com/locuslab/wanda/blob/8e8fc87/lib/prune.py">prune_magnitude</a>
 */
public final class MagnitudePruner {
  private MagnitudePruner() {}

  /**
   * Prunes a weight.
   *
   * @param weight float32 [out, in]; it is not changed
   * @return tensors owned by {@code owner}; weights that stay are unchanged to the bit
   * @throws IllegalArgumentException if the weight is no float32 matrix
   * @throws ArithmeticException if a weight is not finite
   */
  public static PrunedWeight prune(
      TorchSession torch, NDManager owner, NDArray weight, Sparsity sparsity) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray score = score(torch, scope, weight);
      if (sparsity instanceof Sparsity.NofM pattern) {
        return SmallestScores.ofRuns(torch, owner, weight, score, pattern);
      }
      return SmallestScores.upToThreshold(torch, owner, weight, score, sparsity.ratio());
    }
  }

  /**
   * The same with as many weights of each row: {@code int(in · ratio)}, of equals the first.
   *
   * @param sparsity a ratio
   */
  static PrunedWeight pruneRows(
      TorchSession torch, NDManager owner, NDArray weight, Sparsity sparsity) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray score = score(torch, scope, weight);
      return SmallestScores.ofRows(torch, owner, weight, score, sparsity.ratio());
    }
  }

  private static NDArray score(TorchSession torch, NDManager owner, NDArray weight) {
    TensorChecks.shape("weight", weight, -1, -1);
    TensorChecks.finite(torch, "weight", weight);
    return SmallestScores.script(torch).call(owner, "magnitude_score", weight);
  }
}
