package dev.assay.engine.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.RecipeBench;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.PipelineCheck;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of another shape and drawn weights in the place of others. */
class ReinitializeTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 12, batch: 4, learningRate: 0.01, schedule: {kind: constant}, saveEvery: 3, evaluation: {split: held, windows: 4, every: 4}}";

  @TempDir private Path directory;

  private RecipeBench bench() {
    return new RecipeBench(torch, directory);
  }

  private ModelSpec made(String target) {
    return new Families().architecture(Checkpoint.open(directory.resolve(target)));
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float each : values) {
      squares += (double) each * each;
    }
    return Math.sqrt(squares / values.length);
  }

  /** Grouped queries, one norm for both parts, learned positions, fused projections, experts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | hidden: 32, layers: 2, heads: 2 | 32, 2, 2, 1, 16, 80",
        "llama | heads: 8, keyValueHeads: 8, headWidth: 4, feedForward: 40 | 64, 3, 8, 8, 4, 40",
        "gpt2 | hidden: 96, layers: 1, heads: 6, feedForward: 100 | 96, 1, 6, 6, 16, 100",
        "opt | hidden: 32, feedForward: 48 | 32, 2, 4, 4, 8, 48",
        "gpt_neox | hidden: 128, layers: 4 | 128, 4, 4, 4, 32, 384",
        "gptj | layers: 1, feedForward: 64 | 64, 1, 4, 4, 16, 64",
        "bloom | hidden: 32, heads: 2 | 32, 2, 2, 2, 16, 128",
        "phi3 | hidden: 32 | 32, 2, 4, 2, 8, 80",
        "qwen2 | layers: 1 | ",
        "mistral | layers: 1 | ",
        "mixtral | hidden: 32, layers: 1, feedForward: 24 | 32, 1, 4, 2, 8, 24"
      })
  void aFamilyHasModelsOfOtherShapesThatLearn(String family, String keys, String sizes)
      throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                family,
                "  - reinitialize: {" + keys + "}\n  - distill: {" + TRAINING + "}",
                "student");
    ModelSpec spec = made("student");
    if (sizes != null) {
      LayerSpec layer = spec.main().layer(0);
      assertThat(
              List.of(
                  spec.spec().hiddenSize(),
                  spec.main().depth(),
                  layer.attention().heads(),
                  layer.attention().keyValueHeads(),
                  layer.attention().headDimension(),
                  layer.feedForward().intermediateSize()))
          .hasToString("[" + sizes + "]");
    }
    assertThat(RecipeBench.lastLook(outcomes.get(1)))
        .isLessThan(RecipeBench.firstLoss(outcomes.get(1)) - 0.1);
    assertThat(outcomes.get(1).said().path("training").path("teacherFlops").asDouble())
        .isPositive();
  }

  @Test
  void weightsAreDrawnAsTheFamilyHasThem() throws IOException {
    bench().run("gpt2", "  - reinitialize: {layers: 2, seed: 3}", "fresh");
    double plain = deviation(bench().tensor("fresh", "transformer.h.0.attn.c_attn.weight"));
    double written = deviation(bench().tensor("fresh", "transformer.h.1.mlp.c_proj.weight"));

    assertThat(plain).isCloseTo(0.02, within(0.001));
    assertThat(deviation(bench().tensor("fresh", "transformer.wte.weight")))
        .isCloseTo(0.02, within(0.001));
    // Over the root of twice the layers.
    assertThat(written).isCloseTo(0.01, within(0.0005));
    assertThat(bench().tensor("fresh", "transformer.h.0.ln_1.weight")).containsOnly(1);
    assertThat(bench().tensor("fresh", "transformer.h.0.attn.c_attn.bias")).containsOnly(0);
  }

  @Test
  void theSeedAloneSettlesThem() throws IOException {
    bench().run("llama", "  - reinitialize: {seed: 1}", "one");
    bench().run("llama", "  - reinitialize: {seed: 1}", "again");
    bench().run("llama", "  - reinitialize: {seed: 2}", "two");
    assertThat(bench().weights("again")).isEqualTo(bench().weights("one"));
    assertThat(bench().weights("two")).isNotEqualTo(bench().weights("one"));
  }

  /** Of the model that took its place the divergence would be 0. */
  @Test
  void theOriginalTeaches() throws IOException {
    Pipeline.StageOutcome outcome =
        bench()
            .run(
                "llama",
                "  - reinitialize: {}\n  - distill: {loss: [forward-kl], " + TRAINING + "}",
                "taught")
            .get(1);
    assertThat(RecipeBench.firstLoss(outcome)).isGreaterThan(1e-3);

    Pipeline.StageOutcome own =
        bench().run("llama", "  - distill: {loss: [forward-kl], " + TRAINING + "}", "own").get(0);
    assertThat(RecipeBench.firstLoss(own)).isCloseTo(0, within(1e-5));
  }

  @Test
  void anInterruptedRunGoesOnToTheLastBit() throws IOException {
    String stages = "  - reinitialize: {layers: 2}\n  - distill: {" + TRAINING + "}";
    bench().run("llama", stages, "whole");
    assertThatThrownBy(() -> bench().run("llama", stages, "broken", 8))
        .isInstanceOf(RecipeBench.Interruption.class);
    bench().run("llama", stages, "broken");
    assertThat(bench().weights("broken")).isEqualTo(bench().weights("whole"));
  }

  @Test
  void aFreshModelIsPrunedAndRoundedAsAnyOther() throws IOException {
    bench()
        .run(
            "llama",
            "  - reinitialize: {hidden: 32, heads: 2}\n  - finetune: {"
                + TRAINING
                + "}\n  - wanda: {sparsity: 2:4}\n  - rtn: {bits: 4, groupSize: 16}",
            "small");
    assertThat(bench().loss("small")).isFinite();
  }

  private void check(String family, String stages) throws IOException {
    List<Step> steps = RecipeText.steps(directory, stages);
    Checkpoint model = Checkpoint.open(RecipeBench.family(family));
    PipelineCheck check =
        new PipelineCheck(new Families().architecture(model), StageRegistry.load());
    check.require(steps);
    check.requireSaid(steps, model.config());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | [{reinitialize: {heads: 3}}] | keyValueHeads",
        "llama | [{reinitialize: {hidden: 42}}] | headWidth",
        "gpt2 | [{reinitialize: {heads: 5}}] | headWidth",
        "gpt2 | [{reinitialize: {keyValueHeads: 2}}] | as near as a configuration of gpt2 comes",
        "bloom | [{reinitialize: {feedForward: 100}}] | as near as a configuration of bloom comes",
        "t5 | [reinitialize] | that does not continue text",
        "bert | [reinitialize] | that does not continue text",
        "llama | [finetune, reinitialize] | expected it to be the first",
        "llama | [{reinitialize: {layers: 1}}, drop-layers] | found 1 of 1 layers",
        "llama | [{reinitialize: {hidden: 32, heads: 2}}, {wanda: {sparsity: '5:10'}}] | found 32 columns"
      })
  void refused(String family, String stages, String message) {
    assertThatThrownBy(() -> check(family, stages))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  /** What the model itself could not be put through. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | [{reinitialize: {layers: 8}}, {drop-layers: {layers: [6]}}]",
        "llama | [{reinitialize: {hidden: 80, feedForward: 160}}, {wanda: {sparsity: '5:10'}}]"
      })
  void accepted(String family, String stages) {
    assertThatCode(() -> check(family, stages)).doesNotThrowAnyException();
  }
}
