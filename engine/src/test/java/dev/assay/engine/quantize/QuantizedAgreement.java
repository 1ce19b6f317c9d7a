package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenGrid;
import dev.assay.engine.weight.QuantizedWeight;

/** The checks that cases of round-to-nearest and GPTQ have in common. */
final class QuantizedAgreement {
  private QuantizedAgreement() {}

  static void check(
      GoldenCase golden, NDManager scope, QuantizedWeight found, NDArray dequantized) {
    Agreement codes = Agreement.of(found.codes(), golden.tensor(scope, "codes"));
    assertThat(codes.equalFraction(0))
        .as("codes")
        .isGreaterThanOrEqualTo(golden.tolerance("codes_equal_fraction_min"));
    assertThat(codes.rowsEqualFraction())
        .as("rows")
        .isGreaterThanOrEqualTo(golden.tolerance("rows_equal_fraction_min"));
    assertThat(Agreement.of(dequantized, values(golden, scope)).greatestDifferenceWhereEqual(codes))
        .as("values")
        .isLessThanOrEqualTo(golden.tolerance("wq_abs_where_codes_equal"));
    assertThat(
            Agreement.of(found.scales(), golden.tensor(scope, "scales"))
                .greatestRelativeDifference())
        .as("scales")
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
    assertThat(Agreement.of(found.zeros(), golden.tensor(scope, "zeros")).greatestDifference())
        .as("zeros")
        .isLessThanOrEqualTo(golden.tolerance("zeros_abs"));
  }

  private static NDArray values(GoldenCase golden, NDManager scope) {
    NDArray codes = golden.tensor(scope, "codes");
    NDArray scales = golden.tensor(scope, "scales");
    NDArray zeros = golden.tensor(scope, "zeros");
    return golden.has("g_idx")
        ? GoldenGrid.values(scope, codes, scales, zeros, golden.tensor(scope, "g_idx").toIntArray())
        : GoldenGrid.values(scope, codes, scales, zeros);
  }
}
