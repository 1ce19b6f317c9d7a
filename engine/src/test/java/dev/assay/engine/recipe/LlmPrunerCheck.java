package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.CompressedModel;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.GoldenIds;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.structured.LlmPrunerParameters;
import dev.assay.engine.structured.Recovery;
import dev.assay.engine.structured.Reduction;
import dev.assay.engine.structured.Taylor;
import dev.assay.engine.structured.WidthFindings;
import dev.assay.engine.structured.WidthFindings.Felt;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.io.FileUtils;

/** Models without the heads and channels that the loss feels least. */
public final class LlmPrunerCheck implements GoldenCheck {
  /** Sequences that the published code takes together. */
  private static final int SEQUENCES = 4;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) throws IOException {
    assertThat(golden.rule("masks")).isEqualTo("exact");
    Path directory = Files.createTempDirectory("felt");
    try {
      new Case(torch, scope, golden).check(directory);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private record Case(TorchSession torch, NDManager scope, GoldenCase golden) {
    void check(Path directory) throws IOException {
      ModelFixture fixture = golden.model();
      Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
      List<long[]> samples =
          Arrays.asList(GoldenIds.rows(golden.input(scope, "calibration_ids")))
              .subList(0, SEQUENCES);
      Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
      scores(model, "head_score", true);
      if (golden.tensors("head_score_own_queries").size() == 1) {
        scores(model, "head_score_own_queries", false);
      }
      Path target = directory.resolve("artifact");
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(
              source,
              List.of(new Step("llm-pruner", parameters(true))),
              samples,
              target,
              (stage, done, layers) -> {});
      Checkpoint narrowed = Checkpoint.open(target);
      CompressedModel whole = new CompressedModel(torch, scope, golden, source);
      CompressedModel left = new CompressedModel(torch, scope, golden, narrowed);
      left.checkLastLogits("last_logits");
      left.checkPerplexity("ppl_L64");
      whole.checkPerplexity("ppl_L64_uncompressed");
      int width = golden.parameter("head_dim").intValue();
      kept(
          whole,
          left,
          "self_attn.o_proj",
          "query_head_kept",
          width,
          golden.scalar("n_pruned_heads"));
      kept(whole, left, "self_attn.k_proj", "kv_head_kept", width, golden.scalar("n_pruned_heads"));
      kept(whole, left, "mlp.down_proj", "channel_kept", 1, golden.scalar("n_pruned_channels"));
      for (String tensor : golden.tensors("weight:")) {
        String[] name = tensor.substring("weight:".length()).split("\\.", 2);
        String linear = name[0].equals("o_proj") ? "self_attn.o_proj" : "mlp." + name[0];
        NDArray found = left.oriented("model.layers." + name[1] + "." + linear);
        assertThat(found.toFloatArray()).isEqualTo(golden.tensor(scope, tensor).toFloatArray());
      }
      assertThat(narrowed.parameters()).isEqualTo((long) golden.scalar("parameters"));
    }

    private LlmPrunerParameters parameters(boolean publishedGroups) {
      String taylor = golden.parameter("taylor").asText().replace("param_", "");
      return new LlmPrunerParameters(
          1 - golden.parameter("pruning_ratio").doubleValue(),
          Taylor.valueOf((taylor.equals("mix") ? "mixed" : taylor).toUpperCase(Locale.ROOT)),
          Reduction.valueOf(golden.parameter("group_reduction").asText().toUpperCase(Locale.ROOT)),
          publishedGroups,
          1,
          Recovery.NONE);
    }

    private void scores(Surveyed model, String tensor, boolean published) {
      Felt felt =
          WidthFindings.felt(
              new LayerSurvey(model.weights(), model.context()), parameters(published));
      double limit = golden.tolerance("score_rel");
      assertThat(felt.loss() / golden.scalar("loss")).isCloseTo(1, within(limit));
      float[] heads = golden.tensor(scope, tensor).toFloatArray();
      float[] channels = golden.tensor(scope, "channel_score").toFloatArray();
      int layers = felt.scores().size();
      felt.scores()
          .forEach(
              (layer, scores) -> {
                KeptUnitsAgreement.scores(scores.heads(), heads, layer, layers, limit);
                KeptUnitsAgreement.scores(scores.channels(), channels, layer, layers, limit);
              });
    }

    /** What is left of a linear: columns where it reads units, rows where it makes keys. */
    private void kept(
        CompressedModel whole,
        CompressedModel left,
        String linear,
        String mask,
        int width,
        double gone) {
      byte[] all = golden.tensor(scope, mask).toByteArray();
      int layers = Math.toIntExact(golden.tensor(scope, mask).getShape().get(0));
      for (int layer = 0; layer < layers; layer++) {
        int units = all.length / layers;
        byte[] own = Arrays.copyOfRange(all, layer * units, (layer + 1) * units);
        String name = "model.layers." + layer + "." + linear;
        NDArray before = whole.oriented(name);
        NDArray after = left.oriented(name);
        boolean rows = linear.endsWith("k_proj");
        float[] values = (rows ? before.transpose().duplicate() : before).toFloatArray();
        float[] found = (rows ? after.transpose().duplicate() : after).toFloatArray();
        KeptUnitsAgreement.columns(values, found, own, width);
        int zeros = 0;
        for (byte each : own) {
          zeros += 1 - each;
        }
        int served = mask.equals("query_head_kept") ? units / keyHeads() : 1;
        assertThat(zeros).isEqualTo(((int) gone) * served);
      }
    }

    private int keyHeads() {
      return golden.model().architecture().main().layer(0).attention().keyValueHeads();
    }
  }
}
