package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.TernaryParameters.Rule;
import dev.assay.engine.quantize.TernaryParameters.Share;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.RoundedInputs;
import java.util.Map;
import java.util.Objects;

/** BitNet b1.58, of whose scales the source states the reciprocals. */
public final class TernaryCheck implements GoldenCheck {
  private static final double SAME = 1e-6;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("weights").asText()).isEqualTo("ternary absmean per tensor");
    assertThat(golden.parameter("activations").asText()).isEqualTo("int8 absmax per token");
    assertThat(golden.rule("codes")).isEqualTo("at least 99.9% exact");
    NDArray w = golden.input(scope, "W");

    QuantizedWeight found = FewLevels.ternary(torch, scope, w, Rule.ABSMEAN, Share.TENSOR);

    NDArray codes = golden.tensor(scope, "w_codes");
    assertThat(
            Agreement.of(found.codes().toType(codes.getDataType(), true).sub(1), codes)
                .equalFraction(0))
        .isGreaterThanOrEqualTo(0.999);
    double scale = 1 / golden.tensor(scope, "w_scale").toFloatArray()[0];
    assertThat(found.scales().toFloatArray()[0] / scale - 1).isBetween(-SAME, SAME);
    NDArray values = golden.tensor(scope, "w_dequant");
    NDArray own = found.dequantize(torch, scope).get(":" + values.getShape().get(0));
    assertThat(Agreement.of(own, values).equalFractionRelative(SAME)).isGreaterThanOrEqualTo(0.999);
    packed(torch, scope, golden, found);
    inputs(torch, scope, golden, found.dequantize(torch, scope));
  }

  private static void packed(
      TorchSession torch, NDManager scope, GoldenCase golden, QuantizedWeight weight) {
    assertThat(golden.rule("packed")).isEqualTo("exact from the codes");
    QuantizedWeight ternary = weight.as(FewLevels.ternaryForm(TernaryParameters.Layout.BITNET));
    Map<String, NDArray> tensors =
        QuantizationConfig.of(ternary.grid()).pack(torch, scope, ternary);
    assertThat(tensors.get("weight")).isEqualTo(golden.tensor(scope, "w_packed"));
    double divisor = golden.tensor(scope, "w_scale").toFloatArray()[0];
    NDArray scale = Objects.requireNonNull(tensors.get("weight_scale"));
    assertThat(scale.toFloatArray()[0] / divisor - 1).isBetween(-SAME, SAME);
  }

  private static void inputs(TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    PerTokenInput scheme = new PerTokenInput(8, true, IntegerRule.BITNET);
    NDArray rounded = RoundedInputs.of(torch, scope, scheme, golden.input(scope, "X"));
    NDArray steps = golden.tensor(scope, "x_scale").pow(-1);
    RoundedInputs.assertCodes(rounded, golden.tensor(scope, "x_codes"), steps, null, 0.999);
    for (String layer : new String[] {"y", "y_online"}) {
      NDArray y = golden.tensor(scope, layer);
      NDArray own = rounded.get(":" + y.getShape().get(0)).matMul(w.transpose());
      assertThat(Agreement.of(own, y).greatestDifference())
          .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
    }
  }
}
