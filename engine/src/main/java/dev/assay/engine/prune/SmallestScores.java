package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/** Removes the weights with the smallest scores and leaves the others as they are. */
public final class SmallestScores {
  static final String SCRIPT = "smallest.py";

  private SmallestScores() {}

  static ScriptModule script(TorchSession torch) {
    return torch.script(SmallestScores.class, SCRIPT);
  }

  /**
   * Makes sure that a weight can be scored by the norms of its inputs.
   *
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if a weight or a norm is not finite
   */
  static void requireFits(TorchSession torch, NDArray weight, NDArray squaredNorms) {
    TensorChecks.shape("weight", weight, -1, -1);
    TensorChecks.shape("squared input norms", squaredNorms, weight.getShape().get(1));
    TensorChecks.finite(torch, "weight", weight);
    TensorChecks.finite(torch, "squared input norms", squaredNorms);
  }

  /** By one threshold: every score up to the element at {@code int(count · ratio)} goes. */
  static PrunedWeight upToThreshold(
      TorchSession torch, NDManager owner, NDArray weight, NDArray score, double ratio) {
    long count = (long) (score.getShape().size() * ratio);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = script(torch).call(scope, "up_to_threshold", score, count);
      return pruned(torch, owner, weight, mask);
    }
  }

  /** The {@code int(in · ratio)} smallest of each row. */
  static PrunedWeight ofRows(
      TorchSession torch, NDManager owner, NDArray weight, NDArray score, double ratio) {
    long count = (long) (score.getShape().get(1) * ratio);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = script(torch).call(scope, "smallest_of_row", score, count);
      return pruned(torch, owner, weight, mask);
    }
  }

  /** The {@code int(count · ratio)} smallest of the matrix, of equals the first. */
  static PrunedWeight ofAll(
      TorchSession torch, NDManager owner, NDArray weight, NDArray score, double ratio) {
    long count = (long) (score.getShape().size() * ratio);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = script(torch).call(scope, "smallest_of_all", score, count);
      return pruned(torch, owner, weight, mask);
    }
  }

  /**
   * 1 where a score is none of the smallest, 0 where it is; of equals the first are.
   *
   * @param score finite, of any shape
   * @param goes how many are 0
   * @return float32 of the same shape
   */
  public static NDArray greatest(TorchSession torch, NDManager owner, NDArray score, long goes) {
    return script(torch).call(owner, "greatest", score, goes);
  }

  /** In every run of m columns of a row all but the n greatest. */
  static PrunedWeight ofRuns(
      TorchSession torch, NDManager owner, NDArray weight, NDArray score, Sparsity.NofM pattern) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask =
          script(torch)
              .call(scope, "smallest_of_run", score, (long) pattern.pruned(), (long) pattern.m());
      return pruned(torch, owner, weight, mask);
    }
  }

  private static PrunedWeight pruned(
      TorchSession torch, NDManager owner, NDArray weight, NDArray mask) {
    return new PrunedWeight(
        script(torch).call(owner, "zero_where", weight, mask),
        torch.tensors().cast(owner, mask, DType.UINT8));
  }
}
