package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ScaledWeight;

/** Weights of 8-bit floats, by row and by tensor. */
public final class Fp8Check implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    String kind = golden.parameter("weights").asText();
    assertThat(golden.parameter("activations").asText()).isNotEmpty();
    DType type = kind.startsWith("e5m2") ? DType.FLOAT8_E5M2 : DType.FLOAT8_E4M3;
    boolean whole = kind.endsWith("tensor");

    ScaledWeight found = ScaledWeight.quantize(torch, scope, w, type, whole);

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
  }
}
