package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.OutputError;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;

/** SparseGPT on one weight, with and without a grid for what stays. */
public final class SparseGptCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");

    SparseGptResult result =
        new SparseGptSolver(torch, parameters(golden)).solve(scope, w, golden.input(scope, "H"));

    Agreement mask = Agreement.of(result.mask(), golden.tensor(scope, "mask"));
    assertThat(mask.equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("mask_equal_fraction_min"));
    assertThat(mask.rowsEqualFraction())
        .isGreaterThanOrEqualTo(golden.tolerance("rows_equal_fraction_min"));
    assertThat(
            Agreement.of(result.weight(), golden.tensor(scope, "w"))
                .greatestDifferenceWhereEqual(mask))
        .isLessThanOrEqualTo(golden.tolerance("w_abs_where_mask_equal"));
    assertThat(PruningAgreement.count(result.mask())).isEqualTo((long) golden.scalar("pruned"));
    PruningAgreement.checkRuns(result.mask(), PruningAgreement.sparsity(golden));
    assertThat(zeros(result.weight())).isEqualTo((long) golden.scalar("zeros_in_w"));
    assertThat(result.loss())
        .isCloseTo(golden.scalar("loss"), withinPercentage(100 * golden.tolerance("loss_rel")));
    OutputError.check(golden, scope, result.weight());
    assertThat(result.note()).isNull();
    checkGrid(torch, scope, golden, result);
  }

  private static void checkGrid(
      TorchSession torch, NDManager scope, GoldenCase golden, SparseGptResult result) {
    QuantizedWeight quantized = result.quantized();
    assertThat(quantized != null).isEqualTo(golden.has("scales"));
    if (quantized != null) {
      assertThat(
              Agreement.of(quantized.scales(), golden.tensor(scope, "scales"))
                  .greatestRelativeDifference())
          .isLessThanOrEqualTo(golden.tolerance("w_abs_where_mask_equal"));
      assertThat(
              Agreement.of(quantized.zeros(), golden.tensor(scope, "zeros")).greatestDifference())
          .isZero();
      assertThat(quantized.dequantize(torch, scope)).isEqualTo(result.weight());
    }
  }

  private static long zeros(NDArray weight) {
    long zeros = 0;
    for (float value : weight.toFloatArray()) {
      zeros += value == 0 ? 1 : 0;
    }
    return zeros;
  }

  private static SparseGptParameters parameters(GoldenCase golden) {
    return new SparseGptParameters(
        PruningAgreement.sparsity(golden),
        golden.parameter("percdamp").doubleValue(),
        golden.parameter("blocksize").intValue(),
        golden.parameter("bits").isNull()
            ? null
            : new SparseGptParameters.JointQuantization(
                golden.parameter("bits").intValue(), false));
  }
}
