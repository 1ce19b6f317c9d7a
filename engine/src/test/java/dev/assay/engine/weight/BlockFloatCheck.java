package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ScaleBlocks.Layout;

/** Floats of 8 bits under scales of blocks, and inputs under scales of runs of features. */
public final class BlockFloatCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = used(golden, golden.input(scope, "W"));
    ScaledWeight.Rule rule = rule(golden);
    boolean inverse = rule != ScaledWeight.Rule.DIVIDED;
    ScaleBlocks blocks =
        new ScaleBlocks(
            golden.parameter("block").get(0).longValue(),
            golden.parameter("block").get(1).longValue(),
            inverse ? Layout.SCALE_INV : Layout.COMPRESSED_TENSORS);

    ScaledWeight found = ScaledWeight.quantize(torch, scope, w, DType.FLOAT8_E4M3, blocks, rule);

    assertThat(golden.rule("codes")).contains("at least 99.9% of entries");
    NDArray bytes = torch.tensors().reinterpret(scope, found.values(), DType.UINT8);
    Agreement codes = Agreement.of(bytes, golden.tensor(scope, "w_bytes"));
    assertThat(codes.equalFraction(0)).isGreaterThanOrEqualTo(0.999);
    assertThat(codes.greatestDifference()).isLessThanOrEqualTo(1);
    NDArray scales = golden.tensor(scope, inverse ? "w_scale_inv" : "w_scale");
    assertThat(found.scales().getShape()).isEqualTo(scales.getShape());
    NDArray stored = torch.tensors().cast(scope, found.storedScales(torch, scope), DType.FLOAT32);
    assertThat(Agreement.of(stored, scales).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
    NDArray values = golden.tensor(scope, "w_dequant");
    NDArray own = found.dequantize(torch, scope).get(":" + values.getShape().get(0));
    double limit = golden.tolerance("dequant_abs_rel_to_max") * values.abs().max().getFloat();
    assertThat(Agreement.of(own, values).equalFraction(limit)).isGreaterThanOrEqualTo(0.999);
    if (golden.has("x_bytes")) {
      inputs(torch, scope, golden, found.dequantize(torch, scope));
    }
  }

  private static ScaledWeight.Rule rule(GoldenCase golden) {
    return switch (golden.parameter("scale_fmt").asText("none")) {
      case "none" -> ScaledWeight.Rule.DIVIDED;
      case "float" -> ScaledWeight.Rule.RECIPROCAL;
      case "ue8m0" -> ScaledWeight.Rule.POWER_OF_TWO;
      default -> throw new IllegalArgumentException("scales of another kind");
    };
  }

  private static NDArray used(GoldenCase golden, NDArray matrix) {
    int columns = golden.parameter("columns_used").asInt(0);
    return columns == 0 ? matrix : matrix.get(":, :" + columns);
  }

  private static void inputs(TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    NDArray x = used(golden, golden.input(scope, "X"));
    int size = golden.parameter("activation_group").intValue();
    boolean cut = x.getShape().get(1) % size != 0;
    // Where a group is cut short the source is vLLM's, which fills it with zeros.
    FloatRule rule = cut ? FloatRule.VLLM_GROUP : FloatRule.COMPRESSED_TENSORS;
    NDArray rounded = inputs(torch, scope, golden, x, new Case(size, rule, ""));
    NDArray y = golden.tensor(scope, "y");
    NDArray own = rounded.get(":" + y.getShape().get(0)).matMul(w.transpose());
    assertThat(Agreement.of(own, y).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
    if (golden.has("x_bytes_deepseek")) {
      inputs(torch, scope, golden, x, new Case(size, FloatRule.DEEPSEEK, "_deepseek"));
      Case powers = new Case(size, FloatRule.DEEPSEEK_POWERS, "_deepseek_ue8m0");
      inputs(torch, scope, golden, x, powers);
    }
  }

  /** Inputs under a rule, of which the golden tensors have a suffix. */
  private record Case(int size, FloatRule rule, String suffix) {}

  private static NDArray inputs(
      TorchSession torch, NDManager scope, GoldenCase golden, NDArray x, Case each) {
    NDArray bytes = golden.tensor(scope, "x_bytes" + each.suffix());
    NDArray scales = golden.tensor(scope, "x_scale" + each.suffix());
    NDArray seen = x.get(":" + bytes.getShape().get(0));
    GroupedInput scheme =
        new GroupedInput(each.size(), new FloatInput(DType.FLOAT8_E4M3, each.rule()));
    NDArray rounded = RoundedInputs.of(torch, scope, scheme, seen);
    long missing = (each.size() - seen.getShape().get(1) % each.size()) % each.size();
    RoundedInputs.assertFloats(
        torch,
        scope,
        padded(scope, rounded, missing),
        padded(scope, bytes, missing),
        DType.FLOAT8_E4M3,
        scales,
        0.999);
    return rounded;
  }

  private static NDArray padded(NDManager scope, NDArray matrix, long missing) {
    if (missing == 0) {
      return matrix;
    }
    NDArray zeros = scope.zeros(new Shape(matrix.getShape().get(0), missing), matrix.getDataType());
    return matrix.concat(zeros, 1);
  }
}
