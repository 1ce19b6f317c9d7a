package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.lowrank.AsvdParameters;
import dev.assay.engine.lowrank.LowRankCheck;
import dev.assay.engine.lowrank.SvdLlmParameters;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.commons.io.FileUtils;

/** A whole model whose linears are products of two; of single weights {@link LowRankCheck}. */
public final class LowRankModelCheck implements GoldenCheck {
  private static final String WEIGHT = "weight:";
  private static final String STATISTIC = "stat:";
  private static final double STATISTIC_SHARE = 1e-4;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    if (!golden.name().startsWith("e2e_")) {
      new LowRankCheck().check(torch, scope, golden);
      return;
    }
    ModelFixture fixture = golden.model();
    Path directory = Files.createTempDirectory("factored");
    try {
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      List<long[]> samples = Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")));
      Path target = directory.resolve("artifact");
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(source, List.of(step(golden)), samples, target, (stage, done, layers) -> {});
      CompressedModel original = new CompressedModel(torch, scope, golden, source);
      CompressedModel factored = new CompressedModel(torch, scope, golden, Checkpoint.open(target));
      factored.checkLastLogits("last_logits");
      original.checkPerplexity("ppl_L64_uncompressed");
      factored.checkPerplexity("ppl_L64");
      NDArray noise = factored.logits().get(":, -1").sub(original.logits().get(":, -1"));
      assertThat(Math.sqrt(noise.square().mean().getFloat()))
          .isCloseTo(
              Math.sqrt(golden.scalar("logits_mse_vs_uncompressed")),
              within(golden.tolerance("last_logits_abs")));
      for (String tensor : golden.tensors(WEIGHT)) {
        NDArray weight = factored.oriented(tensor.substring(WEIGHT.length()));
        NDArray expected = golden.tensor(scope, tensor);
        assertThat(Agreement.of(weight, expected).greatestDifference())
            .as(tensor)
            .isLessThanOrEqualTo(golden.tolerance("last_logits_abs"));
      }
      statistics(torch, scope, golden, source, fixture, samples);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static Step step(GoldenCase golden) {
    double keep = golden.parameter("kept_ratio").doubleValue();
    return switch (golden.algorithm()) {
      case "svd" -> new Step("svd", new SvdParameters(keep));
      case "asvd" ->
          new Step(
              "asvd",
              new AsvdParameters(
                  keep,
                  golden.parameter("alpha").doubleValue(),
                  AsvdParameters.Magnitudes.MEAN,
                  1));
      case "svdllm" -> new Step("svd-llm", new SvdLlmParameters(keep));
      default -> throw new IllegalArgumentException("no factoring " + golden.algorithm());
    };
  }

  /** The published code adds the means of sequences up. */
  private static void statistics(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint source,
      ModelFixture fixture,
      List<long[]> samples) {
    Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
    String layers = fixture.architecture().names().layers() + ".";
    List<String> wanted = golden.tensors(STATISTIC);
    if (wanted.isEmpty()) {
      return;
    }
    new LayerSurvey(model.weights(), model.context())
        .look(
            Set.of(Statistic.MEAN_MAGNITUDES),
            layer -> {
              for (LinearGroup group : layer.layout().groups()) {
                for (String linear : group.linears()) {
                  String name = STATISTIC + layers + layer.position() + "." + linear;
                  if (wanted.contains(name)) {
                    NDArray expected = golden.tensor(scope, name);
                    NDArray found = layer.statistics(group).meanMagnitudes().mul(samples.size());
                    assertThat(found.sub(expected).abs().max().getFloat())
                        .as(name)
                        .isLessThan((float) STATISTIC_SHARE * expected.abs().max().getFloat());
                  }
                }
              }
            });
  }
}
