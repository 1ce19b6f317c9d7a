package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.quantize.SmoothQuantParameters;
import dev.assay.engine.quantize.W8A8Parameters;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Rule;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.assertj.core.data.Offset;

/** Smoothing alone, and 8 bits for weights and tokens with and without it, through whole models. */
public final class SmoothQuantModelCheck implements GoldenCheck {
  private static final String WEIGHT = "weight:";

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("smoothquant");
    try {
      Checkpoint source = Float32Copy.of(torch, golden.model(), directory.resolve("float32"));
      Step smooth =
          new Step(
              "smoothquant", new SmoothQuantParameters(golden.parameter("alpha").doubleValue()));
      Step round =
          new Step(
              "w8a8",
              new W8A8Parameters(Weights.CHANNEL, Activations.TOKEN, true, Rule.SMOOTHQUANT));
      assertThat(golden.rule("note")).contains("rounding boundary");
      Run run = new Run(torch, scope, golden, source, directory);
      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      NDArray before = original.logits();
      close(golden, scope, before, "last_logits_original", "smoothed_logits_abs");
      original.checkPerplexity("ppl_original");

      Checkpoint smoothed = run.through("smoothed", smooth);
      CompressedModel model = new CompressedModel(torch, scope, golden, smoothed);
      checkNorms(torch, scope, golden, source, smoothed);
      checkWeights(scope, golden, model);
      NDArray after = model.logits();
      close(golden, scope, after, "last_logits_smoothed", "smoothed_logits_abs");
      model.checkPerplexity("ppl_smoothed");
      double most = golden.tolerance("smoothed_logits_abs");
      assertThat(golden.scalar("smoothed_logits_max_abs_change")).isLessThan(most);
      assertThat((double) after.sub(before).abs().max().getFloat()).isLessThan(most);

      if (golden.has("last_logits_smoothed_w8a8_channel_token")) {
        run.rounded("smoothed_w8a8_channel_token", before, smooth, round);
        run.rounded("plain_w8a8_channel_token", before, round);
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private record Run(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint source, Path directory) {
    Checkpoint through(String name, Step... steps) {
      ModelFixture fixture = golden.model();
      Path target = directory.resolve(name);
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(
              source,
              List.of(steps),
              Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids"))),
              target,
              (stage, finished, layers) -> {});
      return Checkpoint.open(target);
    }

    void rounded(String name, NDArray original, Step... steps) {
      CompressedModel model = new CompressedModel(torch, scope, golden, through(name, steps));
      NDArray logits = model.logits();
      close(golden, scope, logits, "last_logits_" + name, "quantised_logits_abs");
      model.checkPerplexity("ppl_" + name);
      assertThat(Math.sqrt(logits.sub(original).square().mean().getFloat()))
          .as(name)
          .isCloseTo(
              golden.scalar("noise_rms_" + name), within(golden.tolerance("quantised_logits_rms")));
    }
  }

  private static void close(
      GoldenCase golden, NDManager scope, NDArray logits, String tensor, String tolerance) {
    assertThat(Agreement.of(logits.get(":, -1"), golden.tensor(scope, tensor)).greatestDifference())
        .as(tensor)
        .isLessThanOrEqualTo(golden.tolerance(tolerance));
  }

  private static void checkNorms(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint source,
      Checkpoint smoothed) {
    float[] scales = golden.tensor(scope, "scales").toFloatArray();
    float[] weights = golden.tensor(scope, "norm_weights").toFloatArray();
    boolean biased = golden.has("norm_biases");
    float[] biases = biased ? golden.tensor(scope, "norm_biases").toFloatArray() : new float[0];
    double limit = golden.tolerance("scales_rel");
    int at = 0;
    for (JsonNode group : golden.parameter("groups")) {
      String norm = group.path("norm").asText();
      float[] before = source.tensor(torch, scope, norm + ".weight").toFloatArray();
      float[] after = smoothed.tensor(torch, scope, norm + ".weight").toFloatArray();
      float[] bias =
          biased ? smoothed.tensor(torch, scope, norm + ".bias").toFloatArray() : new float[0];
      for (int i = 0; i < after.length; i++) {
        assertThat(before[i] / after[i] / scales[at + i]).as(norm).isCloseTo(1, near(limit));
        assertThat(after[i] / weights[at + i]).as(norm).isCloseTo(1, near(limit));
        if (biased) {
          assertThat((double) bias[i])
              .isCloseTo(biases[at + i], within(limit * (1 + Math.abs(biases[at + i]))));
        }
      }
      at += after.length;
    }
    assertThat(at).isEqualTo(scales.length);
  }

  private static Offset<Float> near(double limit) {
    return within((float) limit);
  }

  private static void checkWeights(NDManager scope, GoldenCase golden, CompressedModel model) {
    double limit = golden.tolerance("weights_rel");
    for (String tensor : golden.tensors(WEIGHT)) {
      NDArray found = model.stored(tensor.substring(WEIGHT.length()));
      assertThat(Agreement.of(found, golden.tensor(scope, tensor)).greatestRelativeDifference())
          .as(tensor)
          .isLessThanOrEqualTo(limit);
    }
    model.checkSums("scaled_linears", limit);
  }
}
