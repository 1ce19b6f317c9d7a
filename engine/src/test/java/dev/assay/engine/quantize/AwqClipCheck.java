package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenGrid;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;

/** AWQ's clip search on the first rows of one weight. */
public final class AwqClipCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = torch.tensors().rows(scope, golden.input(scope, "W"), 0, 64);
    NDArray x = golden.input(scope, "X");
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
    checkGrid(torch, scope, golden, quantized, "");
    checkGrid(torch, scope, golden, plain, "_noclip");
    checkError(golden, x, w, quantized.dequantize(torch, scope), "out_err");
    checkError(golden, x, w, plain.dequantize(torch, scope), "out_err_noclip");
  }

  private static void checkGrid(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      QuantizedWeight found,
      String suffix) {
    double close = golden.tolerance("weight_quant_abs_where_equal");
    double share = golden.tolerance("weight_quant_equal_fraction_min");
    assertThat(
            Agreement.of(
                    found.dequantize(torch, scope),
                    GoldenGrid.values(
                        scope,
                        golden.tensor(scope, "codes" + suffix),
                        golden.tensor(scope, "qscale" + suffix),
                        golden.tensor(scope, "qzero" + suffix)))
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

  private static void checkError(
      GoldenCase golden, NDArray x, NDArray w, NDArray found, String scalar) {
    assertThat(Agreement.outputError(x, w, found))
        .isCloseTo(golden.scalar(scalar), withinPercentage(100 * golden.tolerance("out_err_rel")));
  }
}
