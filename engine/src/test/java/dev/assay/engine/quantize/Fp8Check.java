package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.FloatRule;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.JointInput;
import dev.assay.engine.weight.RoundedInputs;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.StaticFloatInput;

/** Weights and inputs of 8-bit floats. */
public final class Fp8Check implements GoldenCheck {
  private static final int CALIBRATION = 16;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    String kind = golden.parameter("weights").asText();
    DType type = kind.startsWith("e5m2") ? DType.FLOAT8_E5M2 : DType.FLOAT8_E4M3;
    boolean whole = kind.endsWith("tensor");

    ScaledWeight found =
        ScaledWeight.quantize(
            torch,
            scope,
            w,
            type,
            whole ? ScaleBlocks.whole() : ScaleBlocks.byRow(),
            ScaledWeight.Rule.DIVIDED);

    assertThat(golden.rule("codes")).contains("at least 99.9% of entries");
    NDArray bytes = torch.tensors().reinterpret(scope, found.values(), DType.UINT8);
    Agreement codes = Agreement.of(bytes, golden.tensor(scope, "w_bytes"));
    assertThat(codes.equalFraction(0)).isGreaterThanOrEqualTo(0.999);
    assertThat(codes.greatestDifference()).isLessThanOrEqualTo(1);
    NDArray scales = golden.tensor(scope, "w_scale").flatten();
    assertThat(Agreement.of(found.scales().flatten(), scales).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
    NDArray values = golden.tensor(scope, "w_dequant");
    NDArray own = found.dequantize(torch, scope).get(":" + values.getShape().get(0));
    double most = values.abs().max().getFloat();
    double limit = golden.tolerance("dequant_abs_rel_to_max") * most;
    assertThat(Agreement.of(own, values).equalFraction(limit)).isGreaterThanOrEqualTo(0.999);
    inputs(torch, scope, golden, found.dequantize(torch, scope));
  }

  private static void inputs(TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    NDArray x = golden.input(scope, "X");
    FloatInput token = new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS);
    InputScheme scheme =
        switch (golden.parameter("activations").asText().split(" \\(", 2)[0]) {
          case "e4m3fn per token, dynamic" -> token;
          case "e4m3fn per tensor, dynamic" -> new JointInput(token);
          case "e4m3fn per tensor, static" ->
              StaticFloatInput.reaching(
                  DType.FLOAT8_E4M3, x.get(":" + CALIBRATION).abs().max().getFloat());
          default -> throw new IllegalArgumentException("activations of another kind");
        };
    NDArray rounded = RoundedInputs.of(torch, scope, scheme, x);
    inputs(torch, scope, golden, rounded, "");
    NDArray y = golden.tensor(scope, "y");
    NDArray own = rounded.get(":" + y.getShape().get(0)).matMul(w.transpose());
    assertThat(Agreement.of(own, y).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
    if (golden.has("x_bytes_vllm")) {
      FloatInput vllm = new FloatInput(DType.FLOAT8_E4M3, FloatRule.VLLM);
      inputs(torch, scope, golden, RoundedInputs.of(torch, scope, vllm, x), "_vllm");
    }
  }

  private static void inputs(
      TorchSession torch, NDManager scope, GoldenCase golden, NDArray rounded, String suffix) {
    NDArray bytes = golden.tensor(scope, "x_bytes" + suffix);
    NDArray scales = golden.tensor(scope, "x_scale" + suffix);
    RoundedInputs.assertFloats(torch, scope, rounded, bytes, DType.FLOAT8_E4M3, scales, 0.999);
  }
}
