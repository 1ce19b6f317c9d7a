package dev.assay.engine.quantize;

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

class RoundToNearestFixtureTest extends TorchTest {
  static List<AlgorithmCase> cases() {
    return AlgorithmCase.all("rtn");
  }

  @Test
  void everyCaseIsThere() {
    assertThat(cases()).hasSize(24);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithThePublishedCode(AlgorithmCase golden) {
    NDArray w = AlgorithmCase.input(scope, "W");

    QuantizedWeight rounded =
        RoundToNearest.quantize(
            torch,
            scope,
            w,
            golden.parameter("bits").intValue(),
            golden.parameter("groupsize").intValue(),
            golden.parameter("sym").booleanValue(),
            golden.parameter("mse").booleanValue());

    NDArray dequantized = rounded.dequantize(torch, scope);
    QuantizedAgreement.check(golden, scope, rounded, dequantized);
    assertThat(Agreement.outputError(AlgorithmCase.input(scope, "X"), w, dequantized))
        .isCloseTo(
            golden.scalar("out_err"), withinPercentage(100 * golden.tolerance("out_err_rel")));
  }
}
