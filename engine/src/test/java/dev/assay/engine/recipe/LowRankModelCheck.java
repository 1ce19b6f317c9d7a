package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.Selection;
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
import dev.assay.engine.lowrank.FisherFindings;
import dev.assay.engine.lowrank.FwsvdParameters;
import dev.assay.engine.lowrank.LowRankCheck;
import dev.assay.engine.lowrank.RankFindings;
import dev.assay.engine.lowrank.RankSearch;
import dev.assay.engine.lowrank.SvdLlmParameters;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.commons.io.FileUtils;

/** A whole model whose linears are products of two; of single weights {@link LowRankCheck}. */
public final class LowRankModelCheck implements GoldenCheck {
  private static final String WEIGHT = "weight:";
  private static final String STATISTIC = "stat:";
  private static final String ROW_WEIGHT = "row_weight:";
  private static final Selection WITH_HEAD = new Selection(List.of("*", "head"), List.of());
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
      rowWeights(torch, scope, golden, source, fixture, samples);
      if (golden.algorithm().equals("asvd_search")) {
        search(torch, scope, golden, source, fixture, samples);
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static Step step(GoldenCase golden) {
    if (golden.algorithm().equals("asvd_search")) {
      return new Step("asvd", searching(golden), WITH_HEAD);
    }
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
      case "fwsvd" -> new Step("fwsvd", new FwsvdParameters(keep));
      case "svdllm" -> new Step("svd-llm", new SvdLlmParameters(keep));
      case "svdllm_update" -> new Step("svd-llm", new SvdLlmParameters(keep, true));
      default -> throw new IllegalArgumentException("no factoring " + golden.algorithm());
    };
  }

  private static AsvdParameters searching(GoldenCase golden) {
    List<Double> shares = new ArrayList<>();
    golden.parameter("candidates").forEach(each -> shares.add(each.doubleValue()));
    return new AsvdParameters(
        golden.parameter("param_ratio_target").doubleValue(),
        golden.parameter("alpha").doubleValue(),
        AsvdParameters.Magnitudes.MEAN,
        golden.parameter("rank_align").intValue(),
        new RankSearch(shares, golden.parameter("n_calib_samples").intValue()));
  }

  /** What each linear costs, and the ranks that follow. */
  private static void search(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint source,
      ModelFixture fixture,
      List<long[]> samples) {
    Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples, WITH_HEAD);
    RankFindings found =
        RankFindings.of(searching(golden), new LayerSurvey(model.weights(), model.context()));
    List<String> order = new ArrayList<>();
    golden.structured("order").forEach(each -> order.add(each.asText()));
    assertThat(found.names(fixture.architecture())).isEqualTo(order);
    assertThat(found.place()).isEqualTo((int) golden.scalar("mid"));
    assertThat(found.ranks()).isEqualTo(golden.tensor(scope, "ranks").toIntArray());
    float[] expected = golden.tensor(scope, "sensitivity").toFloatArray();
    double[] perplexities = found.perplexities();
    assertThat(perplexities).hasSameSizeAs(expected);
    // As far as the reference itself is off, and a thousand times that in float32 here.
    double limit =
        Math.max(
            golden.tolerance("ppl_rel"), 1000 * golden.scalar("sensitivity_max_rel_diff_fp64"));
    for (int i = 0; i < expected.length; i++) {
      assertThat(perplexities[i] / expected[i]).isCloseTo(1, within(limit));
    }
    assertThat(golden.flag("final_ranks_agree_fp64")).isTrue();
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

  /** Of FWSVD, by the gradients of the uncompressed model's loss. */
  private static void rowWeights(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      Checkpoint source,
      ModelFixture fixture,
      List<long[]> samples) {
    List<String> wanted = golden.tensors(ROW_WEIGHT);
    if (wanted.isEmpty()) {
      return;
    }
    Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
    FisherFindings found = FisherFindings.of(new GradientSurvey(model.weights(), model.context()));
    for (String tensor : wanted) {
      NDArray expected = golden.tensor(scope, tensor);
      NDArray own =
          found.rowWeights(scope, fixture.architecture(), tensor.substring(ROW_WEIGHT.length()));
      double off = own.sub(expected).abs().max().getFloat() / expected.abs().max().getFloat();
      // What float32 made of them there, and a hundred times that here.
      assertThat(off).as(tensor).isLessThan(100 * golden.scalar("row_weight_rel_fp64"));
    }
  }
}
