package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.HessianAccumulator;
import dev.assay.engine.calibration.InputNormAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;

/** One weight pruned n of m. Where what stays is unchanged, equal masks mean equal errors. */
public final class PrunedWeightCheck implements GoldenCheck {
  private static final double SAME_MASK_ERROR = 1e-6;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    Sparsity sparsity = sparsity(golden);
    switch (golden.algorithm()) {
      case "magnitude" -> kept(golden, scope, w, MagnitudePruner.prune(torch, scope, w, sparsity));
      case "wanda" -> {
        NDArray x = golden.input(scope, "X");
        try (InputNormAccumulator norms = new InputNormAccumulator(torch, x.getShape().get(1))) {
          for (NDArray sequence : sequences(torch, scope, golden, x)) {
            norms.add(sequence);
          }
          kept(
              golden, scope, w, WandaPruner.prune(torch, scope, w, norms.squaredNorms(), sparsity));
        }
      }
      case "sparsegpt" -> updated(torch, scope, golden, w, sparsity);
      default -> throw new IllegalArgumentException("no pruning called " + golden.algorithm());
    }
  }

  private static void kept(GoldenCase golden, NDManager scope, NDArray w, PrunedWeight pruned) {
    assertThat(Agreement.of(pruned.mask(), golden.tensor(scope, "mask")).equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("mask_equal_fraction_min"));
    assertThat(golden.rule("kept_weights")).isEqualTo("bit-equal to W");
    PruningAgreement.checkKept(w, pruned);
    assertThat(PruningAgreement.count(pruned.mask())).isEqualTo((long) golden.scalar("pruned"));
    PruningAgreement.checkRuns(pruned.mask(), sparsity(golden));
    assertThat(Agreement.outputError(golden.input(scope, "X"), w, pruned.weight()))
        .isCloseTo(golden.scalar("out_err"), withinPercentage(100 * SAME_MASK_ERROR));
  }

  private static void updated(
      TorchSession torch, NDManager scope, GoldenCase golden, NDArray w, Sparsity sparsity) {
    NDArray x = golden.input(scope, "X");
    SparseGptResult result;
    try (HessianAccumulator hessian = new HessianAccumulator(torch, x.getShape().get(1))) {
      for (NDArray sequence : sequences(torch, scope, golden, x)) {
        hessian.add(sequence);
      }
      SparseGptParameters parameters =
          new SparseGptParameters(
              sparsity,
              golden.parameter("percdamp").doubleValue(),
              golden.parameter("blocksize").intValue(),
              null);
      result = new SparseGptSolver(torch, parameters).solve(scope, w, hessian.hessian());
    }
    float[] found = result.weight().toFloatArray();
    float[] expected = golden.tensor(scope, "w").toFloatArray();
    int columns = (int) w.getShape().get(1);
    int equalRows = 0;
    for (int row = 0; row < found.length / columns; row++) {
      boolean same = true;
      double off = 0;
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        same &= (found[i] == 0) == (expected[i] == 0);
        off = Math.max(off, Math.abs(found[i] - expected[i]));
      }
      if (same) {
        equalRows++;
        assertThat(off).isLessThanOrEqualTo(golden.tolerance("w_abs_in_equal_rows"));
      }
    }
    assertThat((double) equalRows * columns / found.length)
        .isGreaterThanOrEqualTo(golden.tolerance("mask_rows_equal_fraction_min"));
    assertThat(PruningAgreement.count(result.mask())).isEqualTo((long) golden.scalar("pruned"));
    PruningAgreement.checkRuns(result.mask(), sparsity);
    assertThat(Agreement.outputError(x, w, result.weight()))
        .isCloseTo(
            golden.scalar("out_err"), withinPercentage(100 * golden.tolerance("out_err_rel")));
  }

  private static NDArray[] sequences(
      TorchSession torch, NDManager scope, GoldenCase golden, NDArray x) {
    int count = golden.parameter("nsamples").intValue();
    long tokens = x.getShape().get(0) / count;
    NDArray[] sequences = new NDArray[count];
    for (int i = 0; i < count; i++) {
      sequences[i] = torch.tensors().rows(scope, x, i * tokens, (i + 1) * tokens);
    }
    return sequences;
  }

  /** The sparsity of a case, which counts the weights of a group that go. */
  private static Sparsity sparsity(GoldenCase golden) {
    int gone = golden.parameter("pruned_of_each_group").intValue();
    int group = golden.parameter("group").intValue();
    return new Sparsity.NofM(group - gone, group);
  }
}
