package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/**
 * Wanda: removes the weights with the least |w| · ‖x‖, exactly as many in each row, or the smallest
 * of every m consecutive columns of a row. Nothing is updated.
 *
 * @see <a href="https://arxiv.org/abs/2306.11695">Sun et al. 2023, Wanda</a>
 * @see <a href="https://github.com/locuslab/wanda/blob/8e8fc87/lib/prune.py">prune_wanda</a>
 */
public final class WandaPruner {
  private WandaPruner() {}

  /**
   * Prunes a weight.
   *
   * @param weight float32 [out, in]; it is not changed
   * @param squaredNorms float32 [in], (1/n) Σ x² over the tokens of n sequences
   * @return tensors owned by {@code owner}; weights that stay are unchanged to the bit
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if a weight or a norm is not finite
   */
  public static PrunedWeight prune(
      TorchSession torch,
      NDManager owner,
      NDArray weight,
      NDArray squaredNorms,
      Sparsity sparsity) {
    SmallestScores.requireFits(torch, weight, squaredNorms);
    try (NDManager scope = owner.newSubManager()) {
      NDArray score = SmallestScores.script(torch).call(scope, "wanda_score", weight, squaredNorms);
      if (sparsity instanceof Sparsity.NofM pattern) {
        return SmallestScores.ofRuns(torch, owner, weight, score, pattern);
      }
      return SmallestScores.ofRows(torch, owner, weight, score, sparsity.ratio());
    }
  }
}
