package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.commons.io.FileUtils;

/**
 * AWQ through a whole model, against the published run: every scale, loss and bound that it finds,
 * what the layers hold before and after rounding, and what the model then puts out.
 */
public final class AwqModelCheck implements GoldenCheck {
  /**
   * Golden losses are of weights rounded in float64, where weights half-way between two codes go
   * the other way now and then.
   */
  private static final double LOSS = 1e-2;

  /** Where a ratio is better by less than this, another forward pass may choose the next. */
  private static final double TIE = 1e-4;

  private static final double SAME_CODE = 1e-5;

  /**
   * The share of bounds that are the golden ones: the goldens' tolerance was found on processors
   * with AVX-512; where there is AVX2 alone sums come in another order, and losses of neighbouring
   * bounds are next to equal.
   */
  private static final double SAME_BOUND = 0.95;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("awq");
    try {
      Checkpoint source = Float32Copy.of(torch, golden.model(), directory.resolve("float32"));
      AwqModelRun run = new AwqModelRun(torch, scope, golden, source);
      Checkpoint artifact =
          run.compress(AwqFixtures.parameters(golden), directory.resolve("artifact"));
      checkScales(scope, golden, run);
      boolean sameBounds = checkBounds(scope, golden, run);
      checkFolded(torch, scope, golden, artifact);

      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      CompressedModel unrounded =
          new CompressedModel(
              torch, scope, golden, run.unrounded(artifact, directory.resolve("unrounded")));
      CompressedModel rounded = new CompressedModel(torch, scope, golden, artifact);
      double unroundedRel = golden.tolerance("weight_checks_rel_unquantised");
      checkSums(scope, golden, unrounded, "weight_checks_unquantised", unroundedRel);
      checkSums(scope, golden, rounded, "weight_checks", sameBounds ? SAME_CODE : unroundedRel);
      checkWeights(scope, golden, rounded);
      original.checkLastLogits("last_logits_original");
      unrounded.checkLastLogits("last_logits_scaled_clipped");
      rounded.checkLastLogits("last_logits");
      original.checkPerplexity("ppl_original");
      // The golden's tolerance allows for the bounds that may differ where there is AVX-512.
      rounded.checkPerplexity("ppl", (sameBounds ? 1 : 2) * golden.tolerance("ppl_rel"));
      AwqModelRun plain = new AwqModelRun(torch, scope, golden, source);
      Checkpoint nearest =
          plain.compress(AwqFixtures.roundingOnly(golden), directory.resolve("nearest"));
      new CompressedModel(torch, scope, golden, nearest).checkPerplexity("ppl_rtn_same_grid");
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static void checkScales(NDManager scope, GoldenCase golden, AwqModelRun run) {
    assertThat(run.scales().keySet())
        .as("what is scaled")
        .isEqualTo(
            golden.tensors("scales:").stream()
                .map(name -> name.substring("scales:".length()))
                .collect(Collectors.toSet()));
    for (JsonNode group : golden.structured("groups")) {
      String key = key(group);
      AwqModelRun.Scales found = Objects.requireNonNull(run.scales().get(key), key);
      double[] losses = golden.tensor(scope, "losses:" + key).toDoubleArray();
      for (int k = 0; k < losses.length; k++) {
        assertThat(found.losses().get(k))
            .as("%s: loss of ratio %s", key, k / 20.)
            .isCloseTo(losses[k], withinPercentage(100 * LOSS));
      }
      assertThat(found.losses()).hasSize(losses.length);
      assertThat(found.loss())
          .isCloseTo(group.get("best_loss").doubleValue(), withinPercentage(100 * LOSS));
      if (group.get("runner_up_rel").doubleValue() >= TIE) {
        assertThat(found.ratio())
            .as("ratio of %s", key)
            .isCloseTo(group.get("best_ratio").doubleValue(), within(1e-9));
        assertThat(
                Agreement.of(found.scales(), golden.tensor(scope, "scales:" + key))
                    .greatestRelativeDifference())
            .as("scales of %s", key)
            .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
      }
    }
  }

  /** What is in front > the linears' last names. */
  private static String key(JsonNode group) {
    return group.get("prev").asText()
        + ">"
        + StreamSupport.stream(group.get("layers").spliterator(), false)
            .map(JsonNode::asText)
            .map(name -> name.substring(name.lastIndexOf('.') + 1))
            .collect(Collectors.joining("+"));
  }

  /** Whether every bound is the golden one. */
  private static boolean checkBounds(NDManager scope, GoldenCase golden, AwqModelRun run) {
    double share = Math.min(SAME_BOUND, golden.tolerance("clip_equal_fraction_min"));
    List<String> clipped = texts(golden.parameter("clipped"));
    assertThat(run.bounds().keySet())
        .as("what is clipped")
        .containsExactlyInAnyOrderElementsOf(clipped);
    assertThat(run.bounds())
        .doesNotContainKeys(texts(golden.parameter("not_clipped")).toArray(String[]::new));
    NDArray shares = golden.tensor(scope, "clip_step:shares");
    boolean all = true;
    for (int i = 0; i < clipped.size(); i++) {
      AwqModelRun.Bounds found =
          Objects.requireNonNull(run.bounds().get(clipped.get(i)), clipped.get(i));
      Agreement bounds =
          Agreement.of(found.bounds(), golden.tensor(scope, "clip:" + clipped.get(i)));
      double equal = bounds.equalFractionRelative(golden.tolerance("scales_rel"));
      assertThat(equal).as("bounds of %s", clipped.get(i)).isGreaterThanOrEqualTo(share);
      all &= equal == 1;
      float[] expected = shares.get(i).toFloatArray();
      for (int step = 0; step < expected.length; step++) {
        assertThat(found.shareOfStep(step, golden.parameter("n_grid").intValue()))
            .as("%s: share of step %s", clipped.get(i), step)
            .isCloseTo(expected[step], within(1 - share + 1e-6));
      }
    }
    return all;
  }

  /** Norms, and biases of what was divided. */
  private static void checkFolded(
      TorchSession torch, NDManager scope, GoldenCase golden, Checkpoint artifact) {
    Map<String, String> tensors = new LinkedHashMap<>();
    golden
        .tensors("norm:")
        .forEach(name -> tensors.put(name, name.substring("norm:".length()) + ".weight"));
    golden
        .tensors("bias:")
        .forEach(name -> tensors.put(name, name.substring("bias:".length()) + ".bias"));
    tensors.forEach(
        (name, stored) -> {
          NDArray found = artifact.tensor(torch, scope, stored).toType(DataType.FLOAT32, false);
          NDArray expected = golden.tensor(scope, name);
          assertThat(Agreement.of(found, expected).greatestRelativeDifference())
              .as(name)
              .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
        });
  }

  private static void checkSums(
      NDManager scope, GoldenCase golden, CompressedModel model, String tensor, double limit) {
    double[] sums = golden.tensor(scope, tensor).toDoubleArray();
    List<String> linears = texts(golden.parameter("linears"));
    assertThat(sums).hasSize(3 * linears.size());
    for (int i = 0; i < linears.size(); i++) {
      assertThat(
              CompressedModel.offBy(
                  model.stored(linears.get(i)), Arrays.copyOfRange(sums, 3 * i, 3 * i + 3)))
          .as("%s of %s", tensor, linears.get(i))
          .isLessThanOrEqualTo(limit);
    }
  }

  private static void checkWeights(NDManager scope, GoldenCase golden, CompressedModel model) {
    double share = golden.tolerance("weights_equal_fraction_min");
    for (String tensor : golden.tensors("weight:")) {
      NDArray found = model.stored(tensor.substring("weight:".length()));
      assertThat(Agreement.of(found, golden.tensor(scope, tensor)).equalFraction(SAME_CODE))
          .as(tensor)
          .isGreaterThanOrEqualTo(share);
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
