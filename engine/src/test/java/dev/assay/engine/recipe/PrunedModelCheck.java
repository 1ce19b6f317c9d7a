package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.OneStage;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;

/** A whole model pruned layer by layer, against the published classes so driven. */
public final class PrunedModelCheck implements GoldenCheck {
  private static final String MASK = "mask:";
  private static final Pattern EXPERT = Pattern.compile("\\.experts\\.(\\d+)\\.w1$");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    ModelFixture fixture = golden.model();
    Step step = step(golden);
    Counting method = new Counting((LayerwiseMethod) StageRegistry.load().method(step));
    Path directory = Files.createTempDirectory("pruned");
    try {
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      Path target = directory.resolve("artifact");
      OneStage.run(
          torch,
          source,
          fixture.architecture(),
          method,
          Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids"))),
          target);
      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      CompressedModel pruned = new CompressedModel(torch, scope, golden, Checkpoint.open(target));
      for (String tensor : golden.tensors(MASK)) {
        String name =
            fixture.architecture().names().layers() + "." + tensor.substring(MASK.length());
        NDArray zero = pruned.oriented(name).eq(0);
        assertThat(Agreement.of(zero, golden.tensor(scope, tensor)).equalFraction(0))
            .as(tensor)
            .isEqualTo(1);
      }
      pruned.checkLastLogits("last_logits");
      original.checkPerplexity("ppl_L64_uncompressed");
      pruned.checkPerplexity("ppl_L64");
      checkNoise(golden, original, pruned);
      if (golden.states("tokens_of_expert")) {
        Map<String, Long> expected = new TreeMap<>();
        golden
            .structured("tokens_of_expert")
            .properties()
            .forEach(entry -> expected.put(entry.getKey(), entry.getValue().longValue()));
        assertThat(method.tokensOfExpert).isEqualTo(expected);
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  /** Logits within their tolerance keep the root of the mean squared difference within it. */
  private static void checkNoise(
      GoldenCase golden, CompressedModel original, CompressedModel pruned) {
    NDArray noise = pruned.logits().get(":, -1").sub(original.logits().get(":, -1"));
    assertThat(Math.sqrt(noise.square().mean().getFloat()))
        .isCloseTo(
            Math.sqrt(golden.scalar("logits_mse_vs_uncompressed")),
            within(golden.tolerance("last_logits_abs")));
  }

  private static Step step(GoldenCase golden) {
    int gone = golden.parameter("pruned_of_each_group").intValue();
    int group = golden.parameter("group").intValue();
    Sparsity sparsity =
        group == 0
            ? new Sparsity.Unstructured(golden.parameter("sparsity").doubleValue())
            : new Sparsity.NofM(group - gone, group);
    return switch (golden.algorithm()) {
      case "magnitude" -> new Step("magnitude", new MagnitudeParameters(sparsity));
      case "wanda" -> new Step("wanda", new WandaParameters(sparsity));
      case "sparsegpt" -> new Step("sparsegpt", new SparseGptParameters(sparsity, 0.01, 128, null));
      default -> throw new IllegalArgumentException("no pruning called " + golden.algorithm());
    };
  }

  /** Counts the tokens that reach each expert before a method works on the layer. */
  private static final class Counting implements LayerwiseMethod {
    private final LayerwiseMethod method;
    private final Map<String, Long> tokensOfExpert = new TreeMap<>();

    Counting(LayerwiseMethod method) {
      this.method = method;
    }

    @Override
    public Set<Statistic> statistics() {
      return method.statistics().isEmpty() ? Set.of(Statistic.SQUARED_NORMS) : method.statistics();
    }

    @Override
    public void compress(LayerContext layer) {
      for (LinearGroup group : layer.layout().groups()) {
        Matcher expert = EXPERT.matcher(group.linears().get(0));
        if (expert.find()) {
          tokensOfExpert.put(
              layer.index() + "." + expert.group(1), layer.statistics(group).tokens());
        }
      }
      method.compress(layer);
    }
  }
}
