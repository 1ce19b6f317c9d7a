package dev.assay.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.AlgorithmCase;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.linear.QuantizedWeight;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SparseGptFixtureTest extends TorchTest {
  static List<AlgorithmCase> cases() {
    return AlgorithmCase.all("sparsegpt");
  }

  @Test
  void everyCaseIsThere() {
    assertThat(cases()).hasSize(5);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithThePublishedCode(AlgorithmCase golden) {
    NDArray w = AlgorithmCase.input(scope, "W");

    SparseGptResult result =
        new SparseGptSolver(torch, parameters(golden))
            .solve(scope, w, AlgorithmCase.input(scope, "H"));

    Agreement mask = Agreement.of(result.mask(), golden.tensor(scope, "mask"));
    assertThat(mask.equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("mask_equal_fraction_min"));
    assertThat(mask.rowsEqualFraction())
        .isGreaterThanOrEqualTo(golden.tolerance("rows_equal_fraction_min"));
    assertThat(
            Agreement.of(result.weight(), golden.tensor(scope, "w"))
                .greatestDifferenceWhereEqual(mask))
        .isLessThanOrEqualTo(golden.tolerance("w_abs_where_mask_equal"));
    assertThat(PruningFixtureTest.count(result.mask())).isEqualTo((long) golden.scalar("pruned"));
    assertThat(zeros(result.weight())).isEqualTo((long) golden.scalar("zeros_in_w"));
    assertThat(result.loss())
        .isCloseTo(golden.scalar("loss"), withinPercentage(100 * golden.tolerance("loss_rel")));
    assertThat(Agreement.outputError(AlgorithmCase.input(scope, "X"), w, result.weight()))
        .isCloseTo(
            golden.scalar("out_err"), withinPercentage(100 * golden.tolerance("out_err_rel")));
    assertThat(result.note()).isNull();
    checkGrid(golden, result);
  }

  private void checkGrid(AlgorithmCase golden, SparseGptResult result) {
    QuantizedWeight quantized = result.quantized();
    assertThat(quantized != null).isEqualTo(golden.has("scales"));
    if (quantized != null) {
      assertThat(
              Agreement.of(quantized.scales(), golden.tensor(scope, "scales"))
                  .greatestRelativeDifference())
          .isLessThanOrEqualTo(1e-6);
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

  private static SparseGptParameters parameters(AlgorithmCase golden) {
    return new SparseGptParameters(
        PruningFixtureTest.sparsity(golden),
        golden.parameter("percdamp").doubleValue(),
        golden.parameter("blocksize").intValue(),
        golden.parameter("bits").isNull()
            ? null
            : new SparseGptParameters.JointQuantization(
                golden.parameter("bits").intValue(), false));
  }
}
