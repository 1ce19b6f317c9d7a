package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.OutputError;
import dev.assay.engine.torch.TorchSession;

/** GPTQ on one weight. */
public final class GptqCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");

    GptqResult result =
        new GptqSolver(torch, parameters(golden)).solve(scope, w, golden.input(scope, "H"));

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
    OutputError.check(golden, scope, result.dequantized());
    OutputError.check(golden, scope, rounded(torch, scope, golden, w), "rtn_out_err");
    assertThat(result.damping()).isEqualTo(parameters(golden).dampPercent());
    assertThat(result.note()).isNull();
  }

  /** On the same grid, without GPTQ. */
  private static NDArray rounded(
      TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    GptqParameters same = parameters(golden);
    return RoundToNearest.quantize(
            torch, scope, w, same.bits(), same.groupSize(), same.symmetric(), same.mse())
        .dequantize(torch, scope);
  }

  private static GptqParameters parameters(GoldenCase golden) {
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
