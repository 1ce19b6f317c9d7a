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

class AwqClipFixtureTest extends TorchTest {
  static List<AlgorithmCase> cases() {
    return AlgorithmCase.all("awq_clip");
  }

  @Test
  void everyCaseIsThere() {
    assertThat(cases()).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithThePublishedCode(AlgorithmCase golden) {
    NDArray w = torch.tensors().rows(scope, AlgorithmCase.input(scope, "W"), 0, 64);
    NDArray x = AlgorithmCase.input(scope, "X");
    AwqParameters parameters = AwqFixtures.parameters(golden);
    AwqClipSearch search = new AwqClipSearch(torch, parameters);

    NDArray bounds = search.bounds(scope, w, x);
    NDArray clipped = search.clip(scope, w, bounds);
    AwqGrid grid = new AwqGrid(parameters.bits(), parameters.groupSize());
    QuantizedWeight quantized = grid.quantize(torch, scope, clipped);
    QuantizedWeight plain = grid.quantize(torch, scope, w);

    assertThat(
            Agreement.of(bounds, golden.tensor(scope, "clip_max"))
                .equalFractionRelative(golden.tolerance("clip_rel_where_same_step")))
        .isGreaterThanOrEqualTo(golden.tolerance("clip_equal_fraction_min"));
    assertThat(
            Agreement.of(clipped, golden.tensor(scope, "weight_clipped"))
                .equalFractionRelative(golden.tolerance("clip_rel_where_same_step")))
        .isGreaterThanOrEqualTo(golden.tolerance("clip_equal_fraction_min"));
    checkGrid(golden, quantized, "");
    checkGrid(golden, plain, "_noclip");
    checkError(golden, x, w, quantized, "out_err");
    checkError(golden, x, w, plain, "out_err_noclip");
  }

  private void checkGrid(AlgorithmCase golden, QuantizedWeight found, String suffix) {
    double close = golden.tolerance("weight_quant_abs_where_equal");
    double share = golden.tolerance("weight_quant_equal_fraction_min");
    assertThat(
            Agreement.of(
                    found.dequantize(torch, scope), golden.tensor(scope, "weight_quant" + suffix))
                .equalFraction(close))
        .isGreaterThanOrEqualTo(share);
    assertThat(
            Agreement.of(found.scales(), golden.tensor(scope, "qscale" + suffix))
                .equalFraction(close))
        .isGreaterThanOrEqualTo(share);
    assertThat(
            Agreement.of(found.zeros(), golden.tensor(scope, "qzero" + suffix))
                .greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("qzero_abs"));
  }

  private void checkError(
      AlgorithmCase golden, NDArray x, NDArray w, QuantizedWeight found, String scalar) {
    assertThat(Agreement.outputError(x, w, found.dequantize(torch, scope)))
        .isCloseTo(golden.scalar(scalar), withinPercentage(100 * golden.tolerance("out_err_rel")));
  }
}
