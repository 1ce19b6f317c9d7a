package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.AlgorithmCase;
import dev.assay.engine.fixture.TorchTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GptqFixtureTest extends TorchTest {
  static List<AlgorithmCase> cases() {
    return AlgorithmCase.all("gptq");
  }

  @Test
  void everyCaseIsThere() {
    assertThat(cases()).hasSize(41);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithThePublishedCode(AlgorithmCase golden) {
    NDArray w = AlgorithmCase.input(scope, "W");
    NDArray x = AlgorithmCase.input(scope, "X");

    GptqResult result =
        new GptqSolver(torch, parameters(golden)).solve(scope, w, AlgorithmCase.input(scope, "H"));

    QuantizedAgreement.check(golden, scope, result.weight(), result.dequantized());
    assertThat(result.weight().dequantize(torch, scope)).isEqualTo(result.dequantized());
    assertThat(
            Agreement.of(result.weight().groupIndex(), golden.tensor(scope, "g_idx"))
                .greatestDifference())
        .as("group of each column")
        .isZero();
    assertThat(Agreement.of(result.order(), golden.tensor(scope, "perm")).greatestDifference())
        .as("order")
        .isZero();
    assertThat(result.loss())
        .isCloseTo(golden.scalar("loss"), withinPercentage(100 * golden.tolerance("loss_rel")));
    assertThat(Agreement.outputError(x, w, result.dequantized()))
        .isCloseTo(
            golden.scalar("out_err"), withinPercentage(100 * golden.tolerance("out_err_rel")));
    assertThat(Agreement.outputError(x, w, w.zerosLike()))
        .isCloseTo(golden.scalar("out_norm"), withinPercentage(1e-6));
    assertThat(result.damping()).isEqualTo(parameters(golden).dampPercent());
    assertThat(result.note()).isNull();
  }

  private static GptqParameters parameters(AlgorithmCase golden) {
    return new GptqParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("groupsize").intValue(),
        golden.parameter("sym").booleanValue(),
        golden.parameter("actorder").booleanValue(),
        golden.parameter("static_groups").booleanValue(),
        false,
        golden.parameter("percdamp").doubleValue(),
        golden.parameter("blocksize").intValue(),
        golden.parameter("mse").booleanValue());
  }
}
