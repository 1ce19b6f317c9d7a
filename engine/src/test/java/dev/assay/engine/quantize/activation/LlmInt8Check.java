package dev.assay.engine.quantize.activation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.RoundedInputs;

/** One linear under LLM.int8(), its outlier features times weights of 8 bits and of float16. */
public final class LlmInt8Check implements GoldenCheck {
  private static final double CLOSE = 1e-3;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    double threshold = golden.parameter("threshold").doubleValue();
    NDArray w = half(torch, scope, golden.input(scope, "W"));
    NDArray all = golden.input(scope, "X");
    NDArray x =
        all.reshape(-1, w.getShape().get(1)).get(":" + golden.parameter("tokens").intValue());

    QuantizedWeight found = VectorwiseBytes.quantize(torch, scope, w);
    NDArray rounded =
        RoundedInputs.of(torch, scope, new OutlierInput(threshold, false), x.duplicate());

    weights(scope, golden, found);
    inputs(scope, golden, x, rounded);
    NDArray exact = golden.tensor(scope, "out_exact");
    double most = exact.abs().max().getFloat() * golden.tolerance("out_exact_rel_of_max");
    NDArray own = rounded.matMul(found.dequantize(torch, scope).transpose());
    assertThat(Agreement.of(own, exact).greatestDifference()).isLessThanOrEqualTo(most);
    assertThat(Agreement.of(own, golden.tensor(scope, "out_fp16")).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("out_fp16_abs"));
    NDArray dense = x.matMul(w.transpose());
    double error = own.sub(dense).square().sum().getFloat() / dense.square().sum().getFloat();
    assertThat(error / golden.scalar("rel_err_vs_dense") - 1).isBetween(-CLOSE, CLOSE);
    full(torch, scope, golden, found, w, x, rounded, most);
  }

  private static void weights(NDManager scope, GoldenCase golden, QuantizedWeight found) {
    NDArray codes = found.codes().toType(DataType.FLOAT32, true).sub(128);
    assertThat(Agreement.of(codes, golden.tensor(scope, "CB")).equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("CB_equal_fraction_min"));
    NDArray greatest = found.scales().flatten().mul(127);
    assertThat(Agreement.of(greatest, golden.tensor(scope, "SCB")).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("SCA_rel"));
  }

  private static void inputs(NDManager scope, GoldenCase golden, NDArray x, NDArray rounded) {
    NDArray steps = golden.tensor(scope, "SCA").div(127).reshape(-1, 1);
    NDArray kept = scope.zeros(x.getShape());
    for (int column : columns(scope, golden)) {
      kept.set(new ai.djl.ndarray.index.NDIndex(":, " + column), x.get(":, " + column));
    }
    NDArray codes = rounded.sub(kept).div(steps);
    assertThat(Agreement.of(codes, golden.tensor(scope, "CA")).equalFraction(CLOSE))
        .isGreaterThanOrEqualTo(golden.tolerance("CA_equal_fraction_min"));
  }

  private static int[] columns(NDManager scope, GoldenCase golden) {
    return golden.has("outlier_cols")
        ? golden.tensor(scope, "outlier_cols").toIntArray()
        : new int[0];
  }

  private static void full(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      QuantizedWeight found,
      NDArray w,
      NDArray x,
      NDArray rounded,
      double most) {
    double threshold = golden.parameter("threshold").doubleValue();
    int[] columns =
        threshold == 0
            ? new int[0]
            : LlmInt8Method.outliers(x.abs().max(new int[] {0}).toFloatArray(), threshold);
    assertThat(columns).isEqualTo(columns(scope, golden));
    NDArray values =
        columns.length == 0
            ? found.dequantize(torch, scope)
            : ColumnsApartWeight.of(torch, scope, found, w, columns).dequantize(torch, scope);
    assertThat(
            Agreement.of(
                    rounded.matMul(values.transpose()),
                    golden.tensor(scope, "out_outliers_full_precision"))
                .greatestDifference())
        .isLessThanOrEqualTo(most);
  }

  private static NDArray half(TorchSession torch, NDManager scope, NDArray tensor) {
    NDArray narrow = torch.tensors().cast(scope, tensor, DType.FLOAT16);
    return torch.tensors().cast(scope, narrow, DType.FLOAT32);
  }
}
