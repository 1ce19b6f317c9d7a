package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.OutputError;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.FlatGridWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;

/** Half-quadratic quantization of one weight, with groups along both axes. */
public final class HqqCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    HqqParameters parameters =
        new HqqParameters(
            golden.parameter("bits").intValue(),
            golden.parameter("group_size").intValue(),
            golden.parameter("axis").intValue(),
            golden.parameter("optimize").booleanValue(),
            golden.parameter("round_zero").booleanValue(),
            golden.parameter("lp_norm").doubleValue(),
            golden.parameter("beta").doubleValue(),
            golden.parameter("iters").intValue());

    StoredWeight found = new HalfQuadratic(torch, parameters).quantize(scope, w, DType.FLOAT32);

    NDArray goldenCodes = golden.tensor(scope, "codes");
    NDArray goldenScale = golden.tensor(scope, "scale");
    NDArray goldenZero = golden.tensor(scope, "zero");
    Agreement codes = Agreement.of(codes(found), goldenCodes.reshape(w.getShape()));
    assertThat(codes.equalFraction(0))
        .isGreaterThanOrEqualTo(golden.tolerance("codes_equal_fraction_min"));
    assertThat(
            Agreement.of(scales(found).flatten(), goldenScale.flatten())
                .greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scale_rel"));
    assertThat(Agreement.of(zeros(found).flatten(), goldenZero.flatten()).greatestDifference())
        .isLessThanOrEqualTo(golden.tolerance("zero_abs"));
    NDArray values = found.dequantize(torch, scope);
    NDArray goldenValues =
        goldenCodes
            .toType(values.getDataType(), true)
            .sub(goldenZero)
            .mul(goldenScale)
            .reshape(w.getShape());
    assertThat(Agreement.of(values, goldenValues).greatestDifferenceWhereEqual(codes))
        .isLessThanOrEqualTo(golden.tolerance("wq_abs_where_codes_equal"));
    assertThat((double) values.sub(w).abs().mean().getFloat())
        .isCloseTo(
            golden.scalar("mean_abs_err"),
            withinPercentage(100 * golden.tolerance("mean_abs_err_rel")));
    OutputError.check(golden, scope, values);
  }

  private static NDArray codes(StoredWeight weight) {
    return weight instanceof FlatGridWeight flat
        ? flat.codes()
        : ((QuantizedWeight) weight).codes();
  }

  private static NDArray scales(StoredWeight weight) {
    return weight instanceof FlatGridWeight flat
        ? flat.scales()
        : ((QuantizedWeight) weight).scales();
  }

  private static NDArray zeros(StoredWeight weight) {
    return weight instanceof FlatGridWeight flat
        ? flat.zeros()
        : ((QuantizedWeight) weight).zeros();
  }
}
