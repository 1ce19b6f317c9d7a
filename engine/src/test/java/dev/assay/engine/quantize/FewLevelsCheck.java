package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.TernaryParameters.Rule;
import dev.assay.engine.quantize.TernaryParameters.Share;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;

/** Signs in groups, and three values by row. */
public final class FewLevelsCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = golden.input(scope, "W");
    if (golden.has("xnor.codes")) {
      centred(torch, scope, golden, w.mul(golden.parameter("weight_factor").floatValue()));
      return;
    }
    assertThat(golden.parameter("twn_threshold").doubleValue()).isEqualTo(0.7);
    assertThat(golden.rule("codes")).isEqualTo("exact");
    double limit = golden.tolerance("alpha_rel");
    long rows = w.getShape().get(0);
    for (JsonNode groups : golden.parameter("num_groups")) {
      int size = Math.toIntExact(w.getShape().size() / groups.longValue());
      String name = ".groups" + groups.longValue();
      NDArray three = golden.tensor(scope, "twn" + name + ".codes");
      NDArray magnitudes = golden.tensor(scope, "twn" + name + ".alpha");
      // Each group as a row, which three values have one magnitude for.
      QuantizedWeight ternary =
          FewLevels.ternary(
              torch, scope, w.reshape(groups.longValue(), size), Rule.THRESHOLD, Share.ROW);
      long seen = three.getShape().size();
      assertThat(ternary.codes().flatten().get(":" + seen).toType(three.getDataType(), true).sub(1))
          .isEqualTo(three.flatten());
      close(ternary.scales().flatten(), magnitudes, limit);

      QuantizedWeight binary = FewLevels.binary(torch, scope, w, size);
      NDArray two = golden.tensor(scope, "binary" + name + ".codes");
      String shown = ":" + two.getShape().get(0);
      assertThat(binary.codes().get(shown).toType(two.getDataType(), true).mul(2).sub(1))
          .isEqualTo(two);
      close(
          binary.scales().flatten().div(2),
          golden.tensor(scope, "binary" + name + ".alpha"),
          limit);
      assertThat(binary.storedBytes())
          .isEqualTo(rows * w.getShape().get(1) / 8 + 2 * Float.BYTES * groups.longValue());
    }
  }

  private static void centred(TorchSession torch, NDManager scope, GoldenCase golden, NDArray w) {
    assertThat(golden.rule("codes")).isEqualTo("at least 99.9% exact");
    NDArray seen = golden.tensor(scope, "xnor.centred");
    NDArray centred = FewLevels.centred(torch, scope, w);
    NDArray rows = centred.get(":" + seen.getShape().get(0));
    assertThat(Agreement.of(rows, seen).greatestDifference()).isLessThanOrEqualTo(1e-6);
    QuantizedWeight found = FewLevels.binary(torch, scope, centred, GridForm.PER_CHANNEL);
    NDArray codes = golden.tensor(scope, "xnor.codes");
    NDArray own = found.codes().toType(codes.getDataType(), true).mul(2).sub(1);
    assertThat(Agreement.of(own, codes).equalFraction(0)).isGreaterThanOrEqualTo(0.999);
    close(
        found.scales().flatten().div(2),
        golden.tensor(scope, "xnor.alpha"),
        golden.tolerance("alpha_rel"));
  }

  private static void close(NDArray found, NDArray golden, double limit) {
    assertThat(Agreement.of(found, golden.flatten()).greatestRelativeDifference())
        .isLessThanOrEqualTo(limit);
  }
}
