package dev.assay.engine.quantize.outlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.OutputError;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.outlier.BilevelWeight;

/** SpQR on one weight, and what its stored form stands for. */
public final class SpqrCheck implements GoldenCheck {
  /** Scales and zeros were computed anew in float64. */
  private static final double NUMBERS = 1e-5;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");

    SpqrResult result =
        new SpqrSolver(torch, parameters(golden)).solve(scope, w, golden.input(scope, "H"));

    BilevelWeight found = result.weight();
    NDArray mask = golden.tensor(scope, "outlier_mask_permuted");
    Agreement codes = Agreement.of(found.codes(), golden.tensor(scope, "codes_permuted"));
    assertThat(codes.equalFraction(0))
        .as("codes")
        .isGreaterThanOrEqualTo(golden.tolerance("codes_equal_fraction_min"));
    assertThat(codes.rowsEqualFraction())
        .as("rows")
        .isGreaterThanOrEqualTo(golden.tolerance("rows_equal_fraction_min"));
    double equalMask = golden.tolerance("outlier_mask_equal_fraction_min");
    assertThat(Agreement.of(mask(scope, found), mask).equalFraction(0))
        .as("outliers")
        .isGreaterThanOrEqualTo(equalMask);
    assertThat((double) found.outliers().count())
        .isCloseTo(golden.scalar("outliers"), within((1 - equalMask) * w.getShape().size()));
    NDArray order = golden.tensor(scope, "perm");
    NDArray visited = found.order();
    if (visited == null) {
      visited = scope.arange(0, (int) w.getShape().get(1), 1, DataType.INT32);
    }
    assertThat(Agreement.of(visited, order).greatestDifference()).as("order").isZero();
    close(found.scales().values(torch, scope), golden.tensor(scope, "scales"));
    close(found.zeros().values(torch, scope), golden.tensor(scope, "zeros"));
    NDArray values = found.dequantize(torch, scope);
    NDArray wq = golden.tensor(scope, "wq");
    NDArray shown = values.get(":" + wq.getShape().get(0));
    Agreement rows = Agreement.of(shown, wq);
    // Of rows whose codes agree throughout all values do.
    assertThat(rows.equalFraction(golden.tolerance("wq_abs_where_codes_equal")))
        .isGreaterThanOrEqualTo(codes.rowsEqualFraction() == 1 ? 1 : equalMask - 0.1);
    assertThat(values).isEqualTo(result.dequantized());
    OutputError.check(golden, scope, values);
    if (golden.states("threshold")) {
      assertThat(result.threshold()).isCloseTo(golden.scalar("threshold"), withinPercentage(0.01));
    }
    assertThat(result.note()).isNull();
    assertThat(found.bits()).isLessThan(parameters(golden).bits() + 6.5);
  }

  private static void close(NDArray found, NDArray golden) {
    assertThat(Agreement.of(found, golden).equalFractionRelative(NUMBERS)).isGreaterThan(0.95);
  }

  private static NDArray mask(NDManager scope, BilevelWeight weight) {
    byte[] mask = new byte[Math.toIntExact(weight.outFeatures() * weight.inFeatures())];
    int[] offsets = weight.outliers().offsets().toIntArray();
    int[] columns = weight.outliers().columns().toIntArray();
    for (int row = 0; row + 1 < offsets.length; row++) {
      for (int i = offsets[row]; i < offsets[row + 1]; i++) {
        mask[(int) (row * weight.inFeatures() + columns[i])] = 1;
      }
    }
    return scope.create(mask, weight.codes().getShape());
  }

  private static SpqrParameters parameters(GoldenCase golden) {
    JsonNode threshold = golden.parameter("outlier_relative_threshold");
    return new SpqrParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("groupsize").intValue(),
        whole(golden, "qq_scale_bits"),
        whole(golden, "qq_zero_bits"),
        golden.parameter("qq_groupsize").asInt(16),
        threshold.isNumber() ? threshold.doubleValue() : 0,
        golden.parameter("simplified_outliers").asBoolean(false),
        golden.parameter("round_zero").asBoolean(false),
        golden.parameter("permutation_order").asText().equals("act_order"),
        false,
        golden.parameter("percdamp").doubleValue(),
        golden.parameter("blocksize").intValue());
  }

  private static int whole(GoldenCase golden, String key) {
    return golden.parameter(key).asInt(16);
  }
}
