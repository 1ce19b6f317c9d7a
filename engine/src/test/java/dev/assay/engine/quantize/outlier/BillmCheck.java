package dev.assay.engine.quantize.outlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.HessianAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.outlier.SignsWeight;

/** BiLLM on one weight, by both metrics, and without making up for errors. */
public final class BillmCheck implements GoldenCheck {
  private static final String ALONE = "magnitude without error feedback";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("orders").toString()).isEqualTo("[1,1,2]");
    NDArray x = golden.input(scope, "X");
    try (HessianAccumulator hessian = new HessianAccumulator(torch, x.getShape().get(1))) {
      hessian.add(x);
      for (JsonNode metric : golden.parameter("metrics")) {
        boolean alone = metric.asText().equals(ALONE);
        String name = alone ? "magnitude_nogptq" : metric.asText();
        BillmParameters parameters =
            new BillmParameters(
                metric.asText().equals("hessian") ? Metric.HESSIAN : Metric.MAGNITUDE,
                golden.parameter("blocksize").intValue(),
                golden.parameter("percdamp").doubleValue(),
                !alone,
                golden.parameter("up_lim").intValue() - 1);

        BillmSolver.Result result =
            new BillmSolver(torch, parameters)
                .solve(scope, golden.input(scope, "W"), hessian.hessian());

        compare(torch, scope, golden, name, result);
        if (!alone) {
          assertThat(result.loss())
              .isCloseTo(
                  golden.scalar(name + ".loss"),
                  withinPercentage(100 * golden.tolerance("loss_rel")));
        }
      }
    }
  }

  private static void compare(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      String name,
      BillmSolver.Result result) {
    SignsWeight found = result.weight();
    Agreement groups = Agreement.of(groups(scope, found), golden.tensor(scope, name + ".group"));
    assertThat(groups.equalFraction(0))
        .as(name)
        .isGreaterThanOrEqualTo(golden.tolerance("group_equal_fraction_min"));
    NDArray values = found.dequantize(torch, scope);
    NDArray expected = golden.tensor(scope, name + ".w");
    double limit = golden.tolerance("w_abs_where_row_groups_equal");
    assertThat(
            Agreement.of(values.get(":" + expected.getShape().get(0)), expected)
                .equalFraction(limit))
        .as(name)
        .isGreaterThanOrEqualTo(groups.rowsEqualFraction() == 1 ? 1 : 0.9);
    assertThat(Agreement.of(values, result.dequantized()).greatestDifference()).isLessThan(1e-6);
    assertThat(result.note()).isNull();
  }

  /** 0 small, 1 large, 2 salient. */
  private static NDArray groups(NDManager scope, SignsWeight weight) {
    int[] codes = weight.codes().toType(DataType.INT32, true).toIntArray();
    int[] salient = weight.salient().toType(DataType.INT32, true).toIntArray();
    for (int i = 0; i < codes.length; i++) {
      codes[i] = salient[i % salient.length] == 1 ? 2 : codes[i] >> 1;
    }
    return scope.create(codes, weight.codes().getShape());
  }
}
