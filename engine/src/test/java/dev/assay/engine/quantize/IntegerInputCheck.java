package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Rule;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.RoundedInputs;
import dev.assay.engine.weight.StaticInput;

/** Weights and inputs of 8 bits as compressed-tensors and torchao have them. */
public final class IntegerInputCheck implements GoldenCheck {
  private static final int CALIBRATION = 16;
  private static final double SAME = 0.995;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    String activations = golden.parameter("activations").asText();
    boolean whole = golden.parameter("weights").asText().contains("per tensor");
    boolean fixed = activations.contains("static");
    boolean symmetric = !activations.contains("asymmetric");
    Rule rule = golden.name().contains("torchao") ? Rule.TORCHAO : Rule.COMPRESSED_TENSORS;
    assertThat(golden.rule("codes")).startsWith("at least 99.5% exact, never more than one apart");
    NDArray x = golden.input(scope, "X");
    W8A8Parameters parameters =
        new W8A8Parameters(
            whole ? Weights.TENSOR : Weights.CHANNEL,
            fixed ? Activations.TENSOR : Activations.TOKEN,
            symmetric,
            rule);

    QuantizedWeight w = W8A8Method.quantize(torch, scope, golden.input(scope, "W"), parameters);
    InputScheme scheme =
        fixed
            ? range(x.get(":" + CALIBRATION), symmetric, rule.grids())
            : new PerTokenInput(8, symmetric, rule.grids());
    NDArray rounded = RoundedInputs.of(torch, scope, scheme, x);

    weights(golden, scope, w);
    assertThat(golden.rule("zero_points")).isEqualTo("exact");
    RoundedInputs.assertCodes(
        rounded,
        golden.tensor(scope, "x_codes"),
        golden.tensor(scope, "x_scale"),
        symmetric ? null : golden.tensor(scope, "x_zero"),
        SAME);
    NDArray y = golden.tensor(scope, "y");
    NDArray values = w.dequantize(torch, scope);
    NDArray own = rounded.get(":" + y.getShape().get(0)).matMul(values.transpose());
    assertThat(Agreement.of(own, y).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
  }

  private static void weights(GoldenCase golden, NDManager scope, QuantizedWeight w) {
    NDArray signed = w.codes().toType(DataType.FLOAT32, true).sub(128);
    Agreement codes = Agreement.of(signed, golden.tensor(scope, "w_codes"));
    assertThat(codes.equalFraction(0)).isGreaterThanOrEqualTo(SAME);
    assertThat(codes.greatestDifference()).isLessThanOrEqualTo(1);
    NDArray scales = golden.tensor(scope, "w_scale");
    NDArray own = w.scales().flatten().get(":" + scales.getShape().size());
    assertThat(Agreement.of(own, scales).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
  }

  private static StaticInput range(NDArray seen, boolean symmetric, IntegerRule rule) {
    return StaticInput.between(
        8, Math.min(0, seen.min().getFloat()), Math.max(0, seen.max().getFloat()), symmetric, rule);
  }
}
