package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.structured.ChannelScore;
import dev.assay.engine.structured.FlapParameters;
import dev.assay.engine.structured.Recovery;
import dev.assay.engine.structured.WidthFindings;
import dev.assay.engine.structured.WidthFindings.Scores;
import dev.assay.engine.structured.WidthParameters;
import dev.assay.engine.structured.Within;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;

/** Models that lost heads and channels. */
public final class NarrowedModelCheck implements GoldenCheck {
  private static final Set<String> READERS = Set.of("self_attn.o_proj", "mlp.down_proj");
  private static final double SCORE_SHARE = 1e-3;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    Path directory = Files.createTempDirectory("narrowed");
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
      Path target = directory.resolve("artifact");
      Map<Integer, Scores> scores = new TreeMap<>();
      boolean flap = golden.algorithm().equals("flap");
      if (flap) {
        Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
        scores.putAll(
            WidthFindings.flap(new LayerSurvey(model.weights(), model.context()), published()));
        run(StageRegistry.load(), new Step("flap", published()), source, samples, target);
      } else {
        Step noting = new Step("noting", new WidthFindings.Noting(plain(), scores));
        run(WidthFindings.Noting.registry(), noting, source, samples, directory.resolve("noted"));
        run(StageRegistry.load(), new Step("prune-width", plain()), source, samples, target);
      }
      Checkpoint narrowed = Checkpoint.open(target);
      CompressedModel model = new CompressedModel(torch, scope, golden, narrowed);
      model.checkLastLogits("last_logits");
      model.checkPerplexity("ppl_L64");
      new CompressedModel(torch, scope, golden, source).checkPerplexity("ppl_L64_uncompressed");
      scores(scores);
      masks(model, new CompressedModel(torch, scope, golden, source), narrowed);
      parameters(source, narrowed);
      double limit = golden.tolerance("bias_abs");
      for (String tensor : golden.tensors("o_proj.bias:")) {
        bias(narrowed, tensor, "self_attn.o_proj", limit);
      }
      for (String tensor : golden.tensors("down_proj.bias:")) {
        bias(narrowed, tensor, "mlp.down_proj", limit);
      }
    }

    private void run(
        StageRegistry registry, Step step, Checkpoint source, List<long[]> samples, Path target) {
      new Pipeline(torch, golden.model().architecture(), registry)
          .run(source, List.of(step), samples, target, (stage, done, layers) -> {});
    }

    private double keep() {
      return 1 - golden.parameter("pruning_ratio").doubleValue();
    }

    private FlapParameters published() {
      boolean model = golden.parameter("structure").asText().equals("AL-AM");
      String metric = golden.parameter("metric").asText();
      return new FlapParameters(
          keep(),
          FlapParameters.Metric.valueOf(metric.toUpperCase(Locale.ROOT)),
          model ? Within.MODEL : Within.LAYER,
          1,
          golden.parameter("bias_compensation").booleanValue());
    }

    private WidthParameters plain() {
      ChannelScore score =
          golden.algorithm().equals("wanda_sp") ? ChannelScore.ACTIVATION : ChannelScore.MAGNITUDE;
      return new WidthParameters(keep(), score, Within.LAYER, 1, Recovery.NONE);
    }

    private void scores(Map<Integer, Scores> found) {
      float[] heads = golden.tensor(scope, "head_score").toFloatArray();
      float[] channels = golden.tensor(scope, "channel_score").toFloatArray();
      int layers = found.size();
      found.forEach(
          (layer, scores) -> {
            KeptUnitsAgreement.scores(scores.heads(), heads, layer, layers, SCORE_SHARE);
            KeptUnitsAgreement.scores(scores.channels(), channels, layer, layers, SCORE_SHARE);
          });
    }

    /** What is left of the weights that read heads and channels. */
    private void masks(CompressedModel after, CompressedModel before, Checkpoint narrowed) {
      assertThat(golden.rule("masks")).isEqualTo("exact");
      byte[] heads = golden.tensor(scope, "head_mask").toByteArray();
      byte[] channels = golden.tensor(scope, "channel_mask").toByteArray();
      List<LayerSpec> layers = new Families().architecture(narrowed).main().layers();
      int width = golden.parameter("head_dim").intValue();
      for (int layer = 0; layer < layers.size(); layer++) {
        int all = heads.length / layers.size();
        int inner = channels.length / layers.size();
        byte[] own = Arrays.copyOfRange(heads, layer * all, (layer + 1) * all);
        byte[] its = Arrays.copyOfRange(channels, layer * inner, (layer + 1) * inner);
        same(after, before, layer, "self_attn.o_proj", own, width);
        same(after, before, layer, "mlp.down_proj", its, 1);
        assertThat(layers.get(layer).attention().heads())
            .isEqualTo(golden.structured("heads_kept").get(layer).intValue());
        assertThat(layers.get(layer).feedForward().intermediateSize())
            .isEqualTo(golden.structured("channels_kept").get(layer).intValue());
      }
    }

    private static void same(
        CompressedModel after,
        CompressedModel before,
        int layer,
        String linear,
        byte[] mask,
        int width) {
      String name = "model.layers." + layer + "." + linear;
      KeptUnitsAgreement.columns(
          before.oriented(name).toFloatArray(), after.oriented(name).toFloatArray(), mask, width);
    }

    private void parameters(Checkpoint source, Checkpoint narrowed) {
      assertThat(source.parameters()).isEqualTo((long) golden.scalar("parameters_uncompressed"));
      // The published code gives biases to linears of which nothing went, too.
      long zeros =
          new Families()
              .architecture(narrowed).main().layers().stream()
                  .flatMap(layer -> layer.layout().parts())
                  .filter(part -> READERS.contains(part.name()) && !part.biased())
                  .mapToLong(Linear::outFeatures)
                  .sum();
      boolean biased = golden.parameter("bias_compensation").booleanValue();
      assertThat(narrowed.parameters() + (biased ? zeros : 0))
          .isEqualTo((long) golden.scalar("parameters"));
    }

    private void bias(Checkpoint narrowed, String tensor, String linear, double limit) {
      String layer = tensor.substring(tensor.indexOf(':') + 1);
      String name = "model.layers." + layer + "." + linear + ".bias";
      NDArray expected = golden.tensor(scope, tensor);
      NDArray found =
          narrowed.has(name) ? narrowed.tensor(torch, scope, name) : expected.zerosLike();
      assertThat(Objects.requireNonNull(found).sub(expected).abs().max().getFloat())
          .as(name)
          .isLessThanOrEqualTo((float) limit);
    }
  }
}
