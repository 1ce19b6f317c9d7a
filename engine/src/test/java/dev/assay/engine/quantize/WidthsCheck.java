package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;

/** Rounding to nearest with 1, 5, 6 and 7 bits; the source has the first rows. */
public final class WidthsCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    assertThat(golden.parameter("note").asText()).isNotNull();
    int whole = golden.parameter("groups").get(0).intValue();
    for (String symmetry : new String[] {"sym", "asym"}) {
      for (int i = 0; i < 2; i++) {
        int group = golden.parameter("groups").get(i).intValue();
        String name = symmetry + (group == whole ? ".full" : ".g" + group);
        NDArray codes = golden.tensor(scope, name + ".codes");
        QuantizedWeight found =
            RoundToNearest.quantize(
                torch,
                scope,
                w,
                golden.parameter("bits").intValue(),
                group,
                symmetry.equals("sym"),
                false);

        String rows = ":" + codes.getShape().get(0);
        assertThat(Agreement.of(found.codes().get(rows), codes).equalFraction(0))
            .as(name)
            .isGreaterThanOrEqualTo(golden.tolerance("codes_equal_fraction_min"));
        assertThat(
                Agreement.of(found.scales().get(rows), golden.tensor(scope, name + ".scales"))
                    .greatestRelativeDifference())
            .as(name)
            .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
        assertThat(
                Agreement.of(found.zeros().get(rows), golden.tensor(scope, name + ".zeros"))
                    .greatestDifference())
            .as(name)
            .isLessThanOrEqualTo(golden.tolerance("zeros_abs"));
      }
    }
  }
}
