package dev.assay.engine.conditional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.ExpertSurvey;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.conditional.DropExpertsParameters.Beyond;
import dev.assay.engine.conditional.DropExpertsParameters.By;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** Models whose tokens go through fewer experts, or that have fewer. */
public final class FewerExpertsCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("experts");
    try {
      ModelFixture fixture = golden.model();
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      List<long[]> samples = Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")));
      new Case(torch, scope, golden, fixture.architecture(), source, samples, directory).check();
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private record Case(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      ModelSpec spec,
      Checkpoint source,
      List<long[]> samples,
      Path directory) {
    void check() {
      new CompressedModel(torch, scope, golden, source).checkPerplexity("ppl_L64_uncompressed");
      switch (golden.algorithm()) {
        case "expert_drop" -> dropped();
        case "expert_topk" -> lowered();
        default -> skipped();
      }
    }

    private void dropped() {
      int keep = golden.parameter("kept").intValue();
      assertThat(golden.rule("kept_experts")).isEqualTo("exact");
      losses(keep);
      compare(drop(keep, By.OUTPUT), "");
      compare(drop(keep, By.FREQUENCY), "_by_frequency");
    }

    private static Step drop(int keep, By by) {
      return new Step("drop-experts", new DropExpertsParameters(keep, by, 5000, Beyond.REFUSE));
    }

    private void losses(int keep) {
      int experts = golden.parameter("experts").intValue();
      Subsets subsets = new Subsets(experts, experts - keep);
      List<ExpertLosses> losses = new ArrayList<>();
      for (int layer = 0; layer < spec.main().depth(); layer++) {
        losses.add(new ExpertLosses(subsets));
      }
      Surveyed model = Surveyed.of(torch, source, spec, samples);
      new ExpertSurvey(model.weights(), model.context())
          .look(seen -> losses.get(seen.layer()).add(seen));
      float[] expected = golden.tensor(scope, "loss").toFloatArray();
      int place = 0;
      for (ExpertLosses layer : losses) {
        for (double loss : layer.all().values()) {
          assertThat(loss / expected[place])
              .as("loss %d", place)
              .isCloseTo(1, within(golden.tolerance("loss_rel")));
          place++;
        }
      }
      assertThat(place).isEqualTo(expected.length);
    }

    private void compare(Step step, String how) {
      Pipeline.StageOutcome outcome = run(step, "dropped" + how);
      Checkpoint artifact = Checkpoint.open(directory.resolve("dropped" + how));
      JsonNode kept = golden.structured("kept_experts" + how);
      int experts = golden.parameter("experts").intValue();
      for (int layer = 0; layer < spec.main().depth(); layer++) {
        for (int expert = 0; expert < experts; expert++) {
          String prefix = "block_sparse_moe.experts." + expert + ".";
          int at = layer;
          long gone =
              outcome.linears().stream()
                  .filter(each -> each.layer() == at)
                  .map(LinearOutcome::linear)
                  .filter(name -> name.startsWith(prefix))
                  .count();
          assertThat(gone)
              .as("linears of expert %d of layer %d that went", expert, layer)
              .isEqualTo(contains(kept.get(layer), expert) ? 0 : 3);
        }
      }
      ModelSpec made = new Families().architecture(artifact);
      assertThat(made.main().layer(0).feedForward().expertsPerToken())
          .isEqualTo(golden.parameter("top_k_after").intValue());
      CompressedModel model = new CompressedModel(torch, scope, golden, artifact);
      model.checkLastLogits("last_logits" + how);
      model.checkPerplexity("ppl_L64" + how);
    }

    private static boolean contains(JsonNode list, int number) {
      for (JsonNode each : list) {
        if (each.intValue() == number) {
          return true;
        }
      }
      return false;
    }

    private void lowered() {
      Stage stage = new ExpertsPerTokenParameters(golden.parameter("top_k").intValue(), null);
      run(new Step("experts-per-token", stage), "lowered");
      checkModel("lowered");
    }

    private void skipped() {
      double below = golden.parameter("beta").doubleValue();
      run(new Step("skip-experts", new SkipExpertsParameters(below)), "skipped");
      checkModel("skipped");
      Checkpoint artifact = Checkpoint.open(directory.resolve("skipped"));
      List<long[]> ids = Arrays.asList(GoldenIds.rows(golden.input(scope, "ids_for_logits")));
      Surveyed model = Surveyed.of(torch, artifact, new Families().architecture(artifact), ids);
      long[] skipped = {0};
      new ExpertSurvey(model.weights(), model.context())
          .look(
              seen ->
                  skipped[0] +=
                      seen.spec().feedForward().expertsPerToken() * seen.input().getShape().get(1)
                          - new RoutingScript(seen).taken(below));
      assertThat((double) skipped[0])
          .isEqualTo(golden.scalar("skipped_token_layers_in_logits_ids"));
    }

    private void checkModel(String name) {
      CompressedModel model =
          new CompressedModel(torch, scope, golden, Checkpoint.open(directory.resolve(name)));
      model.checkLastLogits("last_logits");
      model.checkPerplexity("ppl_L64");
    }

    private Pipeline.StageOutcome run(Step step, String name) {
      return new Pipeline(torch, spec, StageRegistry.load())
          .run(source, List.of(step), samples, directory.resolve(name), (stage, done, layers) -> {})
          .get(0);
    }
  }
}
