package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.StateSurvey;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.structured.DepthFindings;
import dev.assay.engine.structured.DropLayersParameters;
import dev.assay.engine.structured.DropLayersParameters.By;
import dev.assay.engine.structured.DropLayersParameters.Tokens;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/** How far layers turn hidden states, and models without some of them. */
public final class DroppedLayersCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("dropped");
    try {
      new Case(torch, scope, golden, directory).check();
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private record Case(TorchSession torch, NDManager scope, GoldenCase golden, Path directory) {
    void check() throws IOException {
      ModelFixture fixture = golden.model();
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      List<long[]> samples = Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")));
      Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
      StateSurvey survey = new StateSurvey(model.weights(), model.context());
      int depth = golden.parameter("layers").intValue();
      influences(survey, depth);
      angles(survey, depth, Tokens.LAST, "angular_last_token", "last_token");
      angles(survey, depth, Tokens.ALL, "angular_all_tokens", "all_tokens");

      assertThat(golden.rule("orders")).isEqualTo("exact");
      new CompressedModel(torch, scope, golden, source).checkPerplexity("ppl_L64_uncompressed");
      float[] without = golden.tensor(scope, "ppl_without_layer").toFloatArray();
      for (int layer = 0; layer < depth; layer++) {
        double found = run(source, samples, "without" + layer, named(layer)).perplexity();
        assertThat(found / without[layer])
            .as("without layer %d", layer)
            .isCloseTo(1, within(golden.tolerance("ppl_rel")));
      }
      CompressedModel one = run(source, samples, "one", chosen(1, By.INFLUENCE, false));
      one.checkLastLogits("last_logits_bi_remove1");
      one.checkPerplexity("ppl_L64_bi_remove1");
      CompressedModel two = run(source, samples, "two", chosen(2, By.INFLUENCE, false));
      two.checkLastLogits("last_logits_bi_remove2");
      two.checkPerplexity("ppl_L64_bi_remove2");
      CompressedModel row = run(source, samples, "row", chosen(2, By.ANGLE, false));
      row.checkLastLogits("last_logits_angular_n2");
      row.checkPerplexity("ppl_L64_angular_n2");
      // What float64 gives besides.
      assertThat(golden.scalar("fp64_ppl_rel_remove1")).isLessThan(golden.tolerance("ppl_rel"));
      assertThat(golden.scalar("fp64_ppl_rel_remove2")).isLessThan(golden.tolerance("ppl_rel"));
      again(source, samples, depth);
    }

    private void influences(StateSurvey survey, int depth) {
      List<Double> found = DepthFindings.influences(survey, depth);
      float[] expected = golden.tensor(scope, "block_influence").toFloatArray();
      for (int layer = 0; layer < depth; layer++) {
        assertThat(found.get(layer))
            .as("influence of layer %d", layer)
            .isCloseTo(expected[layer], within(golden.tolerance("block_influence_abs")));
      }
      List<Integer> order =
          IntStream.range(0, depth).boxed().sorted(Comparator.comparingDouble(found::get)).toList();
      assertThat(order).isEqualTo(numbers(golden.structured("order_least_important_first")));
    }

    private void angles(
        StateSurvey survey, int depth, Tokens tokens, String tensor, String starts) {
      float[] expected = golden.tensor(scope, tensor).toFloatArray();
      for (int length = 1; length < depth; length++) {
        List<Double> found = DepthFindings.angles(survey, depth, length, tokens);
        int least = 0;
        for (int layer = 0; layer < found.size(); layer++) {
          assertThat(found.get(layer))
              .as("%d layers from %d", length, layer)
              .isCloseTo(
                  expected[(length - 1) * depth + layer], within(golden.tolerance("angular_abs")));
          least = found.get(layer) < found.get(least) ? layer : least;
        }
        assertThat(least)
            .isEqualTo(
                golden
                    .structured("best_start")
                    .path(String.valueOf(length))
                    .path(starts)
                    .intValue());
      }
    }

    /** The order in which layers go where influences are found anew: one more each time. */
    private void again(Checkpoint source, List<long[]> samples, int depth) throws IOException {
      List<Integer> order = numbers(golden.structured("order_recomputed_after_each_removal"));
      for (int gone = 1; gone < depth; gone++) {
        Path target = directory.resolve("again" + gone);
        Pipeline.StageOutcome outcome =
            artifact(source, samples, target, chosen(gone, By.INFLUENCE, true));
        assertThat(outcome.linears().stream().map(each -> each.layer()).distinct().sorted())
            .isEqualTo(order.subList(0, gone).stream().sorted().toList());
      }
    }

    private static List<Integer> numbers(JsonNode list) {
      List<Integer> numbers = new ArrayList<>();
      list.forEach(each -> numbers.add(each.intValue()));
      return numbers;
    }

    private static DropLayersParameters named(int layer) {
      return parameters(1, List.of(layer), By.INFLUENCE, false);
    }

    private static DropLayersParameters chosen(int remove, By by, boolean again) {
      return parameters(remove, null, by, again);
    }

    private static DropLayersParameters parameters(
        int remove, @Nullable List<Integer> layers, By by, boolean again) {
      return new DropLayersParameters(remove, layers, by, Tokens.LAST, again);
    }

    private CompressedModel run(
        Checkpoint source, List<long[]> samples, String name, DropLayersParameters parameters) {
      Path target = directory.resolve(name);
      artifact(source, samples, target, parameters);
      return new CompressedModel(torch, scope, golden, Checkpoint.open(target));
    }

    private Pipeline.StageOutcome artifact(
        Checkpoint source, List<long[]> samples, Path target, DropLayersParameters parameters) {
      return new Pipeline(torch, golden.model().architecture(), StageRegistry.load())
          .run(
              source,
              List.of(new Step("drop-layers", parameters)),
              samples,
              target,
              (stage, done, layers) -> {})
          .get(0);
    }
  }
}
