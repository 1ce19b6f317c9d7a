package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/**
 * RIA: removes the weights with the least (|w| / Σ of its column + |w| / Σ of its row) · ‖x‖^a,
 * sums over magnitudes: by one threshold for the whole matrix, or the smallest of every m
 * consecutive columns of a row. Nothing is updated. As in the published code every score up to and
 * with the threshold goes, which is one entry more than the ratio says. In a row or a column that
 * is 0 throughout, where the published code divides by 0, weights are no share of it.
 *
 * @param a power of an input's norm
 * @see <a href="https://openreview.net/forum?id=Tr0lPx9woF">Zhang et al. 2024, RIA</a>
 * @see <a
 *     href="https://github.com/biomedical-cybernetics/Relative-importance-and-activation-pruning/blob/7bc55b0/lib/prune.py">prune_ria</a>
 */
record RiaPruner(double a) implements InputPruner {
  @Override
  public PrunedWeight prune(
      TorchSession torch,
      NDManager owner,
      NDArray weight,
      NDArray squaredNorms,
      Sparsity sparsity) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray score = score(torch, scope, weight, squaredNorms);
      if (sparsity instanceof Sparsity.NofM pattern) {
        return SmallestScores.ofRuns(torch, owner, weight, score, pattern);
      }
      return SmallestScores.upToThreshold(torch, owner, weight, score, sparsity.ratio());
    }
  }

  /** What each weight counts, float32 [out, in]. */
  NDArray score(TorchSession torch, NDManager owner, NDArray weight, NDArray squaredNorms) {
    SmallestScores.requireFits(torch, weight, squaredNorms);
    return SmallestScores.script(torch).call(owner, "ria_score", weight, squaredNorms, a / 2);
  }
}
