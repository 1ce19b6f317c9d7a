package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.OutlierBudgets;
import dev.assay.engine.prune.OutlierShares;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** Whole models whose layers give what a look at all of them says. */
public final class PlannedPruningCheck implements GoldenCheck {
  private static final String MASK = "mask:";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    boolean owl = golden.algorithm().equals("owl");
    ModelFixture fixture = golden.model();
    Path directory = Files.createTempDirectory("planned");
    try {
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      List<long[]> samples =
          owl ? Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids"))) : List.of();
      Path target = directory.resolve("artifact");
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(source, List.of(step(golden)), samples, target, (stage, done, layers) -> {});
      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      CompressedModel pruned = new CompressedModel(torch, scope, golden, Checkpoint.open(target));
      pruned.checkLastLogits("last_logits");
      pruned.checkPerplexity("ppl_L64");
      String layers = fixture.architecture().names().layers() + ".";
      if (owl) {
        original.checkPerplexity("ppl_L64_uncompressed");
        checkBudgets(torch, scope, golden, source, fixture, samples);
        checkMasks(scope, golden, pruned, layers);
      } else {
        checkThreshold(scope, golden, original, pruned, layers);
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static Step step(GoldenCase golden) {
    if (golden.algorithm().equals("owl")) {
      return new Step(
          "wanda",
          new WandaParameters(
              new Sparsity.Unstructured(golden.parameter("sparsity").doubleValue()),
              budgets(golden)));
    }
    return new Step(
        "magnitude",
        new MagnitudeParameters(
            new Sparsity.Unstructured(golden.parameter("amount").doubleValue()),
            MagnitudeParameters.Within.MODEL,
            null));
  }

  private static OutlierBudgets budgets(GoldenCase golden) {
    return new OutlierBudgets(
        golden.parameter("M").doubleValue(), golden.parameter("lambda").doubleValue());
  }

  private static void checkBudgets(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint source,
      ModelFixture fixture,
      List<long[]> samples) {
    Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
    List<Double> shares =
        OutlierShares.of(new LayerSurvey(model.weights(), model.context()), budgets(golden));
    List<Double> ratios =
        OutlierShares.ratios(
            shares,
            golden.parameter("lambda").doubleValue(),
            golden.parameter("sparsity").doubleValue());
    float[] outliers = golden.tensor(scope, "outlier_percent").toFloatArray();
    float[] sparsities = golden.tensor(scope, "sparsity_per_layer").toFloatArray();
    assertThat(shares).hasSize(outliers.length);
    for (int layer = 0; layer < outliers.length; layer++) {
      assertThat(shares.get(layer))
          .as("outliers of layer %d", layer)
          .isCloseTo(outliers[layer], within(golden.tolerance("outlier_percent_abs")));
      assertThat(ratios.get(layer))
          .as("sparsity of layer %d", layer)
          .isCloseTo(sparsities[layer], within(golden.tolerance("sparsity_abs")));
    }
  }

  private static void checkMasks(
      NDManager scope, GoldenCase golden, CompressedModel pruned, String layers) {
    for (String tensor : golden.tensors(MASK)) {
      NDArray zero = pruned.oriented(layers + tensor.substring(MASK.length())).eq(0);
      assertThat(Agreement.of(zero, golden.tensor(scope, tensor)).equalFraction(0))
          .as(tensor)
          .isGreaterThanOrEqualTo(golden.tolerance("mask_equal_fraction_min"));
    }
  }

  private static void checkThreshold(
      NDManager scope,
      GoldenCase golden,
      CompressedModel original,
      CompressedModel pruned,
      String layers) {
    assertThat(golden.rule("counts")).isEqualTo("exact");
    float[] sparsities = golden.tensor(scope, "sparsity_per_matrix").toFloatArray();
    float threshold = (float) golden.scalar("threshold");
    long zeros = 0;
    long at = 0;
    long gone = 0;
    int matrix = 0;
    for (JsonNode name : golden.structured("order")) {
      float[] before = original.oriented(layers + name.asText()).toFloatArray();
      float[] after = pruned.oriented(layers + name.asText()).toFloatArray();
      long own = 0;
      for (int i = 0; i < after.length; i++) {
        own += after[i] == 0 ? 1 : 0;
        boolean isAt = Math.abs(before[i]) == threshold;
        at += isAt ? 1 : 0;
        gone += isAt && after[i] == 0 ? 1 : 0;
      }
      assertThat((float) own / after.length)
          .as(name.asText())
          .isCloseTo(sparsities[matrix++], within(1e-6f));
      zeros += own;
    }
    assertThat(zeros).isEqualTo((long) golden.scalar("zeros"));
    assertThat(at).isEqualTo((long) golden.scalar("entries_equal_to_threshold"));
    assertThat(gone).isEqualTo((long) golden.scalar("of_them_pruned"));
  }
}
