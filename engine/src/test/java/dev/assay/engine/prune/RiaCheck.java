package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.InputNormAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** RIA on one weight. What stays is unchanged, so that equal masks mean equal errors. */
public final class RiaCheck implements GoldenCheck {
  /** Sequences that the X of the room algorithms is made of. */
  private static final int SEQUENCES = 4;

  private static final double SAME_MASK_ERROR = 1e-6;
  private static final double SCORE = 1e-5;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    NDArray x = golden.input(scope, "X");
    RiaPruner pruner = new RiaPruner(golden.parameter("a").doubleValue());
    long tokens = x.getShape().get(0) / SEQUENCES;
    try (InputNormAccumulator norms = new InputNormAccumulator(torch, x.getShape().get(1))) {
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        norms.add(torch.tensors().rows(scope, x, sequence * tokens, (sequence + 1) * tokens));
      }
      NDArray squared = norms.squaredNorms();
      if (golden.has("score")) {
        NDArray score = pruner.score(torch, scope, w, squared);
        assertThat(Agreement.of(score, golden.tensor(scope, "score")).greatestRelativeDifference())
            .isLessThanOrEqualTo(SCORE);
      }
      check(golden, scope, w, pruner.prune(torch, scope, w, squared, sparsity(golden)));
    }
  }

  private static void check(GoldenCase golden, NDManager scope, NDArray w, PrunedWeight pruned) {
    assertThat(Agreement.of(pruned.mask(), golden.tensor(scope, "mask")).equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("mask_equal_fraction_min"));
    assertThat(PruningAgreement.count(pruned.mask())).isEqualTo((long) golden.scalar("pruned"));
    PruningAgreement.checkRuns(pruned.mask(), sparsity(golden));
    PruningAgreement.checkKept(w, pruned);
    assertThat(Agreement.outputError(golden.input(scope, "X"), w, pruned.weight()))
        .isCloseTo(golden.scalar("out_err"), withinPercentage(100 * SAME_MASK_ERROR));
  }

  private static Sparsity sparsity(GoldenCase golden) {
    int gone = golden.parameter("pruned_of_each_group").intValue();
    int group = golden.parameter("group").intValue();
    return group == 0
        ? new Sparsity.Unstructured(golden.parameter("sparsity").doubleValue())
        : new Sparsity.NofM(group - gone, group);
  }
}
