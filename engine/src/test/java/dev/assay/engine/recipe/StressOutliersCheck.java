package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.quantize.StressOutliersParameters;
import dev.assay.engine.quantize.W8A8Parameters;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Rule;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.run.InputMagnitude;
import dev.assay.engine.run.InputMagnitudes;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;

/** Outliers in a model that has none: its function stays, and 8 bits fail on it. */
public final class StressOutliersCheck implements GoldenCheck {
  private static final String NORM = "norm:";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("outliers");
    try {
      Checkpoint source = Float32Copy.of(torch, golden.model(), directory.resolve("float32"));
      List<Step> stress = steps(golden);
      Step round =
          new Step(
              "w8a8",
              new W8A8Parameters(Weights.CHANNEL, Activations.TOKEN, true, Rule.SMOOTHQUANT));
      Run run = new Run(torch, scope, golden, source, directory);
      NDArray before = new CompressedModel(torch, scope, golden, source).logits();

      Checkpoint stressed = run.through("stressed", stress);

      CompressedModel model = new CompressedModel(torch, scope, golden, stressed);
      NDArray after = model.logits();
      double most = golden.tolerance("logits_abs");
      assertThat((double) after.sub(before).abs().max().getFloat()).isLessThan(most);
      assertThat(golden.scalar("logits_max_abs_change")).isLessThan(most);
      assertThat(
              Agreement.of(after.get(":, -1"), golden.tensor(scope, "last_logits"))
                  .greatestDifference())
          .isLessThan(most);
      checkWeights(torch, scope, golden, stressed, model);
      run.checkInputs("before", source);
      run.checkInputs("after", stressed);
      List<Step> both = new ArrayList<>(stress);
      both.add(round);
      run.rounded("plain", before, List.of(round));
      run.rounded("stressed", before, both);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static List<Step> steps(GoldenCase golden) {
    List<Step> steps = new ArrayList<>();
    for (JsonNode group : golden.parameter("scaled")) {
      List<Integer> channels = new ArrayList<>();
      group.path("channels").forEach(channel -> channels.add(channel.intValue()));
      List<Double> factors = new ArrayList<>();
      group.path("factors").forEach(factor -> factors.add(factor.doubleValue()));
      List<String> linears = new ArrayList<>();
      group.path("linears").forEach(linear -> linears.add(linear.asText()));
      steps.add(
          new Step(
              "stress-outliers",
              new StressOutliersParameters(channels, factors),
              new Selection(linears, List.of())));
    }
    return steps;
  }

  private static void checkWeights(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint stressed,
      CompressedModel model) {
    double limit = golden.tolerance("weights_rel");
    for (String tensor : golden.tensors(NORM)) {
      String norm = tensor.substring(NORM.length()) + ".weight";
      assertThat(
              Agreement.of(stressed.tensor(torch, scope, norm), golden.tensor(scope, tensor))
                  .greatestRelativeDifference())
          .as(tensor)
          .isLessThanOrEqualTo(limit);
    }
    model.checkSums("linears", limit);
  }

  private record Run(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint source, Path directory) {
    Checkpoint through(String name, List<Step> steps) {
      Path target = directory.resolve(name);
      new Pipeline(torch, golden.model().architecture(), StageRegistry.load())
          .run(source, steps, List.of(), target, (stage, finished, layers) -> {});
      return Checkpoint.open(target);
    }

    /** How large the inputs of linears are, and in which channels. */
    void checkInputs(String when, Checkpoint model) {
      ModelSpec spec = new Families().architecture(model);
      List<InputMagnitude> found =
          new InputMagnitudes(torch, new CheckpointWeights(torch, model, spec))
              .of(GoldenIds.rows(golden.input(scope, "ids_for_logits")));
      Map<String, InputMagnitude> byName = new HashMap<>();
      found.forEach(each -> byName.put(spec.names().inLayer(each.layer(), each.linear()), each));
      float[] absmax = golden.tensor(scope, "absmax_" + when).toFloatArray();
      float[] median = golden.tensor(scope, "median_" + when).toFloatArray();
      int at = 0;
      for (JsonNode linear : golden.parameter("linears")) {
        InputMagnitude each =
            Objects.requireNonNull(byName.remove(linear.asText()), linear.asText());
        assertThat(each.absmax() / absmax[at])
            .as("absmax %s of %s", when, linear)
            .isCloseTo(1, within(golden.tolerance("absmax_rel")));
        assertThat(each.median())
            .as("median %s of %s", when, linear)
            .isCloseTo(median[at], within(golden.tolerance("median_rel") * median[at]));
        if (when.equals("after")) {
          checkChannels(each, at);
        }
        at++;
      }
      assertThat(byName).isEmpty();
      assertThat(at).isEqualTo(absmax.length);
    }

    private void checkChannels(InputMagnitude input, int row) {
      int[] channels = golden.tensor(scope, "top_channels_after").get(row).toIntArray();
      float[] values = golden.tensor(scope, "top_values_after").get(row).toFloatArray();
      assertThat(input.channels())
          .extracting(InputMagnitude.Channel::channel)
          .isEqualTo(IntStream.of(channels).boxed().toList());
      for (int i = 0; i < values.length; i++) {
        assertThat(input.channels().get(i).absmax() / values[i])
            .isCloseTo(1, within(golden.tolerance("absmax_rel")));
      }
    }

    void rounded(String name, NDArray original, List<Step> steps) {
      CompressedModel model =
          new CompressedModel(torch, scope, golden, through("w8a8-" + name, steps));
      double percent = 100 * golden.tolerance("ppl_w8a8_rel");
      assertThat(model.perplexity())
          .as(name)
          .isCloseTo(golden.scalar("ppl_w8a8_per_token_" + name), withinPercentage(percent));
      assertThat(Math.sqrt(model.logits().sub(original).square().mean().getFloat()))
          .as(name)
          .isCloseTo(golden.scalar("noise_rms_w8a8_per_token_" + name), withinPercentage(20));
    }
  }
}
