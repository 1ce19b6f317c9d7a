package dev.assay.engine.quantize.activation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.activation.W4A8Parameters.Weights;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.RoundedInputs;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;

/** Weights of 4 bits and inputs of 8, as torchao and QServe have them. */
public final class W4A8Check implements GoldenCheck {
  private static final double SAME = 0.995;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    Weights weights = weights(golden);
    int group = golden.parameter("group").intValue();
    W4A8Parameters parameters = new W4A8Parameters(weights, group < 0 ? 128 : group);
    NDArray w = golden.input(scope, "W");
    assertThat(golden.rule("codes"))
        .matches("at least 99.[59]% exact, never more than one apart.*");
    StoredWeight found;
    if (weights.twoLevels()) {
      TwoLevelWeight two = W4A8Method.twoLevels(torch, scope, w, parameters);
      twoLevels(torch, scope, golden, two, weights == Weights.PRE_SCALE);
      found = two;
    } else {
      QuantizedWeight grid = W4A8Method.grid(torch, scope, w, parameters);
      grid(scope, golden, grid, weights);
      found = grid;
    }
    NDArray values = found.dequantize(torch, scope);
    NDArray golden8 = golden.tensor(scope, "w_dequant");
    double most = 1e-6 * golden8.abs().max().getFloat();
    assertThat(
            Agreement.of(values.get(":" + golden8.getShape().get(0)), golden8).equalFraction(most))
        .isGreaterThanOrEqualTo(SAME);
    inputs(torch, scope, golden, weights, values);
  }

  private static Weights weights(GoldenCase golden) {
    List<Weights> named =
        List.of(Weights.values()).stream()
            .filter(
                each ->
                    golden
                        .parameter("weights")
                        .asText()
                        .endsWith(
                            ", "
                                + each.name()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace("clipping", "clipping_err")))
            .toList();
    if (!named.isEmpty()) {
      return named.get(0);
    }
    if (golden.parameter("group").intValue() < 0) {
      return Weights.CHANNEL;
    }
    return golden.parameter("zero_point").asText().equals("PreScale")
        ? Weights.PRE_SCALE
        : Weights.POST_SCALE;
  }

  private static void codes(NDArray found, NDArray expected, double least) {
    Agreement codes = Agreement.of(found, expected);
    assertThat(codes.equalFraction(0)).isGreaterThanOrEqualTo(least);
    assertThat(codes.greatestDifference()).isLessThanOrEqualTo(1);
  }

  private static void grid(
      NDManager scope, GoldenCase golden, QuantizedWeight found, Weights weights) {
    boolean channel = weights == Weights.CHANNEL;
    int middle = channel ? 0 : 8;
    NDArray codes = found.codes().toType(DataType.FLOAT32, true).sub(middle);
    codes(codes, golden.tensor(scope, "w_codes"), SAME);
    NDArray scales = golden.tensor(scope, channel ? "s1" : "w_scale");
    assertThat(Agreement.of(found.scales(), scales).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
    NDArray zeros = golden.tensor(scope, channel ? "zero" : "w_zero");
    assertThat(Agreement.of(found.zeros().sub(middle), zeros).greatestDifference()).isZero();
    if (!channel) {
      assertThat(golden.rule("zero_points")).isEqualTo("exact");
    }
  }

  private static void twoLevels(
      TorchSession torch, NDManager scope, GoldenCase golden, TwoLevelWeight found, boolean pre) {
    codes(found.codes(), golden.tensor(scope, "w_codes"), 0.999);
    NDArray levels = found.levels(torch, scope).codes().toType(DataType.FLOAT32, true).sub(128);
    codes(levels, golden.tensor(scope, "w_level"), 0.999);
    assertThat(
            Agreement.of(found.rowScales(), golden.tensor(scope, "s1"))
                .greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
    NDArray scales = golden.tensor(scope, "s2");
    assertThat(Agreement.of(found.groupScales(), scales).greatestDifference()).isZero();
    NDArray zeros = golden.tensor(scope, "zero");
    assertThat(Agreement.of(found.offsets(), pre ? zeros.mul(scales) : zeros).greatestDifference())
        .isZero();
    TwoLevelWeight.Format format = new TwoLevelWeight.Format();
    TwoLevelWeight read =
        format.unpack(torch, scope, format.pack(torch, scope, found), format.entry(found));
    assertThat(Agreement.of(read.codes(), found.codes()).greatestDifference()).isZero();
  }

  private static void inputs(
      TorchSession torch, NDManager scope, GoldenCase golden, Weights weights, NDArray w) {
    NDArray x = golden.input(scope, "X");
    NDArray rounded = RoundedInputs.of(torch, scope, W4A8Method.input(weights), x);
    if (golden.has("x_codes")) {
      RoundedInputs.assertCodes(
          rounded,
          golden.tensor(scope, "x_codes"),
          golden.tensor(scope, "x_scale"),
          golden.has("x_zero") ? golden.tensor(scope, "x_zero") : null,
          SAME);
    }
    NDArray y = golden.tensor(scope, "y");
    NDArray own = rounded.get(":" + y.getShape().get(0)).matMul(w.transpose());
    assertThat(Agreement.of(own, y).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
  }
}
