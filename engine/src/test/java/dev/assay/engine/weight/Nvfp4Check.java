package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/** NVFP4 by the codes of compressed-tensors and torchao. */
public final class Nvfp4Check implements GoldenCheck {
  private static final double SAME = 1e-6;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("block").intValue()).isEqualTo(Nvfp4Weight.BLOCK);
    NDArray w = golden.input(scope, "W");
    Nvfp4Weight.Rule rule =
        golden.parameter("format").isTextual()
            ? Nvfp4Weight.Rule.COMPRESSED_TENSORS
            : golden.parameter("two_level").booleanValue()
                ? Nvfp4Weight.Rule.TORCHAO
                : Nvfp4Weight.Rule.TORCHAO_ONE_LEVEL;

    Nvfp4Weight found = Nvfp4Weight.quantize(torch, scope, w, w.abs().max().getFloat(), rule);

    assertThat(golden.rule("scales")).isEqualTo("exact");
    assertThat(torch.tensors().reinterpret(scope, found.scales(), DType.UINT8))
        .isEqualTo(golden.tensor(scope, "scales"));
    assertThat(golden.rule("codes")).startsWith("at least 99.9% exact");
    NDArray stored = golden.tensor(scope, "packed");
    NDArray codes =
        Nvfp4Weight.ofStream(
                torch, scope, stored, found.scales(), found.divisor(), w.getShape().get(1))
            .codes();
    // The sign of a zero is free.
    NDArray own = magnitudes(torch, scope, found.codes());
    Agreement agreement = Agreement.of(own, magnitudes(torch, scope, codes));
    assertThat(agreement.equalFraction(0)).isGreaterThanOrEqualTo(0.999);
    assertThat(agreement.greatestDifference()).isLessThanOrEqualTo(2);
    if (golden.has("global_scale")) {
      double divisor = golden.tensor(scope, "global_scale").toFloatArray()[0];
      assertThat(found.divisor().toFloatArray()[0] / divisor - 1).isBetween(-SAME, SAME);
    } else if (golden.has("per_tensor_scale")) {
      double factor = golden.tensor(scope, "per_tensor_scale").toFloatArray()[0];
      assertThat(found.divisor().toFloatArray()[0] * factor - 1).isBetween(-SAME, SAME);
    } else {
      assertThat(found.divisor().toFloatArray()).containsExactly(1);
    }
    NDArray values = golden.tensor(scope, "w_dequant");
    NDArray dequantized = found.dequantize(torch, scope);
    NDArray seen = dequantized.get(":" + values.getShape().get(0));
    double limit = SAME * values.abs().max().getFloat();
    assertThat(Agreement.of(seen, values).equalFraction(limit)).isGreaterThanOrEqualTo(0.999);
    if (rule == Nvfp4Weight.Rule.COMPRESSED_TENSORS) {
      assertThat(golden.tolerance("dequant_abs_rel_to_max")).isEqualTo(SAME);
      inputs(torch, scope, golden, dequantized);
    }
  }

  private static NDArray magnitudes(TorchSession torch, NDManager scope, NDArray codes) {
    return Elements.decode(torch, scope, codes, ElementFormat.E2M1);
  }

  private static void inputs(TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    NDArray x = golden.input(scope, "X");
    double divisor = golden.tensor(scope, "x_global_scale").toFloatArray()[0];
    Nvfp4Input scheme = Nvfp4Input.reaching(x.abs().max().getFloat());
    assertThat(scheme.divisor() / divisor - 1).isBetween(-SAME, SAME);
    NDArray rounded = RoundedInputs.of(torch, scope, scheme, x);
    NDArray values = golden.tensor(scope, "x_dequant");
    NDArray seen = rounded.get(":" + values.getShape().get(0));
    double limit = SAME * values.abs().max().getFloat();
    assertThat(Agreement.of(seen, values).equalFraction(limit)).isGreaterThanOrEqualTo(0.999);
    // The greatest of a block is at most 6 times its scale.
    NDArray scales = golden.tensor(scope, "x_scale");
    NDArray blocks = rounded.reshape(scales.getShape().get(0), scales.getShape().get(1), -1);
    NDArray most = blocks.abs().max(new int[] {2}).mul(divisor).sub(scales.mul(6.0001));
    assertThat(most.max().getFloat()).isLessThanOrEqualTo(0);
    NDArray y = golden.tensor(scope, "y");
    NDArray own = rounded.get(":" + y.getShape().get(0)).matMul(w.transpose());
    assertThat(Agreement.of(own, y).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
  }
}
