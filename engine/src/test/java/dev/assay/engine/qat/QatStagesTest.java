package dev.assay.engine.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.TokenCache;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages that train what is rounded, as parts of recipes. */
@Tag("slow")
class QatStagesTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 12, batch: 4, learningRate: 0.003, schedule: {kind: constant}, evaluation: {split: held, windows: 4, every: 4}}";

  private static final String SIXTEEN = "../training/teacher_llama";

  /** How far logits of the artifact may be from those of the model that was trained. */
  private static final double CLOSE = 1e-4;

  @TempDir private Path directory;

  private static Path family(String name) {
    return Goldens.room("families").resolve(name);
  }

  private TrainingBench bench() {
    return new TrainingBench(torch, directory);
  }

  /** Runs a stage, and compares the artifact with what was trained. */
  private Pipeline.StageOutcome faithful(String family, String stage, boolean exact)
      throws IOException {
    List<float[]> seen = new ArrayList<>();
    Path target = directory.resolve("trained");
    List<Pipeline.StageOutcome> outcomes =
        bench().run(family(family), "  - " + stage, target, seen::add);
    float[] found = bench().logits(target);
    assertThat(seen).hasSize(1);
    if (exact) {
      assertThat(TrainingBench.apart(found, seen.get(0))).isLessThan(CLOSE);
    }
    Pipeline.StageOutcome outcome = outcomes.get(0);
    if (!stage.contains("loss:")) {
      assertThat(TrainingBench.lastLook(outcome))
          .isCloseTo(bench().loss(target), within(exact ? 1e-4 : 3e-2));
    }
    return outcome;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | estimator: lsq, groupSize: 16",
        "llama | estimator: ste, groupSize: 16, symmetric: false",
        "llama | estimator: ste, groupSize: -1",
        "llama | estimator: efficientqat, groupSize: 16, bits: 2",
        "llama | estimator: llm-qat, groupSize: -1",
        "llama | estimator: llm-qat, groupSize: 16, bits: 2",
        "llama | estimator: llm-qat, groupSize: 16, bits: 1",
        "llama | estimator: lsq, groupSize: 24, bits: 3",
        "opt | estimator: lsq, groupSize: 16",
        "opt | estimator: efficientqat, groupSize: 16, bits: 3",
        "gpt2 | estimator: efficientqat, groupSize: 16",
        "gpt2 | estimator: ste, groupSize: 16",
        "mixtral | estimator: lsq, groupSize: 16",
        "mixtral | estimator: efficientqat, groupSize: -1",
        "llama | estimator: llm-qat, groupSize: -1, cacheBits: 4",
        "opt | estimator: lsq, groupSize: 16, cacheBits: 8",
        "gpt2 | estimator: ste, groupSize: 16, cacheBits: 4",
        "mixtral | estimator: lsq, groupSize: 16, cacheBits: 2"
      })
  void theArtifactIsWhatWasTrained(String family, String how) throws IOException {
    double before = bench().loss(family(family));
    Pipeline.StageOutcome outcome = faithful(family, "qat: {" + how + ", " + TRAINING + "}", true);

    assertThat(TrainingBench.lastLook(outcome)).isLessThan(before - 0.3);
    assertThat(outcome.linears()).isNotEmpty();
    outcome.linears().forEach(linear -> assertThat(linear.bits()).isLessThan(16));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | {learned: weights",
        "llama | {learned: weights, levels: two",
        "opt | {learned: weights, layout: bitnet, inputBits: 8",
        "gpt2 | {learned: weights",
        "mixtral | {learned: weights, levels: two"
      })
  void soIsOneOfFewValues(String family, String how) throws IOException {
    boolean exact = !how.contains("inputBits");
    faithful(family, "bitnet: " + how + ", " + TRAINING + "}", exact);
  }

  /**
   * Norms, biases and embeddings take the checkpoint's types in the end; inputs round near ties.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | qat: {learned: all, groupSize: 16",
        "opt | qat: {estimator: efficientqat, learned: all, groupSize: 16, inputBits: 8",
        "gpt2 | bitnet: {inputBits: 8"
      })
  void everythingElseIsTrainedToo(String family, String how) throws IOException {
    double before = bench().loss(family(family));
    assertThat(TrainingBench.lastLook(faithful(family, how + ", " + TRAINING + "}", false)))
        .isLessThan(before - 0.3);
  }

  /** What keys and values are made by learns through their rounding. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "qat: {estimator: ste, bits: 8, groupSize: 16, cacheBits: 4",
        "kv-cache: {keyBits: 4, valueBits: 4}\n  - finetune: {data: {length: 16}",
        "kv-quarot: {keyBits: 4, valueBits: 4}\n  - finetune: {data: {length: 16}",
        "kivi: {keyBits: 4, valueBits: 4, groupSize: 8, residual: 8}\n  - finetune: {data: {length: 16}"
      })
  void gradientsPassWhatCachesRound(String how) throws IOException {
    Path target = directory.resolve("trained");
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                family("llama"),
                "  - "
                    + how
                    + ", "
                    + TRAINING.replace("{steps", "{only: ['*.k_proj.weight'], steps")
                    + "}",
                target,
                logits -> {});
    JsonNode log = outcomes.get(outcomes.size() - 1).said().path("training").path("log");
    assertThat(log.path("steps")).isNotEmpty();
    log.path("steps").forEach(step -> assertThat(step.path("norm").asDouble()).isGreaterThan(1e-4));
  }

  /** The artifact keeps keys and values as the model that was trained did. */
  @Test
  void cachesOfTheArtifactAreThoseOfTraining() throws IOException {
    Path target = directory.resolve("cached");
    bench()
        .run(
            family("llama"),
            "  - qat: {groupSize: 16, cacheBits: 4, targets: ['mlp.*'], " + TRAINING + "}",
            target,
            logits -> {});
    assertThat(new Families().architecture(Checkpoint.open(target)).main().layers())
        .extracting(layer -> layer.cache())
        .containsOnly(new TokenCache(4, 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kv-cache: {keyBits: 8} | qat: {cacheBits: 4} | expected one stage that says how keys and values are kept",
        "qat: {cacheBits: 4} | kivi: {groupSize: 8, residual: 8} | expected one stage that says how keys and values are kept",
        "svd: {keep: 0.5} | qat: {cacheBits: 4} | it would be one matrix again",
        "rtn: {bits: 4} | qat: {cacheBits: 4} | expected one rounding of a linear"
      })
  void cachesAreSettledOnce(String first, String second, String message) {
    assertThatThrownBy(
            () ->
                bench()
                    .run(
                        family("llama"),
                        "  - " + first + "\n  - " + second,
                        directory.resolve("none"),
                        logits -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  /** From what the model was: fewer bits than before, and what it said with them. */
  @Test
  void itMayLearnFromWhatItWas() throws IOException {
    Pipeline.StageOutcome outcome =
        faithful(
            "llama", "qat: {bits: 2, groupSize: 16, loss: [forward-kl], " + TRAINING + "}", true);
    JsonNode looks = outcome.said().path("training").path("log").path("looks");
    assertThat(TrainingBench.lastLook(outcome)).isLessThan(looks.get(0).path("loss").asDouble());
  }

  @Test
  void zerosOfPruningStay() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                family("llama"),
                "  - magnitude: {sparsity: 2:4}\n  - qat: {groupSize: 16, " + TRAINING + "}",
                directory.resolve("sparse"),
                logits -> {});
    outcomes
        .get(1)
        .linears()
        .forEach(linear -> assertThat(linear.sparsity()).isGreaterThanOrEqualTo(0.5));
  }

  /** What is pruned would come back as one of the values around 0. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "qat: {estimator: llm-qat, bits: 2, groupSize: 16",
        "qat: {estimator: llm-qat, bits: 1, groupSize: 16",
        "bitnet: {levels: two"
      })
  void zerosOfPruningAreRefusedByValuesWithoutA0(String stage) throws IOException {
    String pruned = "  - magnitude: {sparsity: 2:4}\n  - " + stage + ", " + TRAINING + "}";
    assertThatThrownBy(() -> bench().run(family("llama"), pruned, directory.resolve("no"), l -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("training: keepZeros: found zeros in model.layers.0.")
        .hasMessageContaining("expected false, or a rounding that has a 0");
    String let = pruned.replace("steps: 12", "keepZeros: false, steps: 1");
    assertThat(bench().run(family("llama"), let, directory.resolve("yes"), l -> {})).hasSize(2);
  }

  @Test
  void someLinearsAloneAreRounded() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                family("llama"),
                "  - qat: {targets: ['mlp.*'], groupSize: 16, " + TRAINING + "}",
                directory.resolve("some"),
                logits -> {});
    assertThat(outcomes.get(0).linears())
        .extracting(linear -> linear.linear())
        .containsOnly("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj");
  }

  /** Of a checkpoint in float16: steps are trained as float16 holds them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "qat: {groupSize: 16",
        "qat: {estimator: efficientqat, bits: 2, groupSize: 16",
        "qat: {estimator: ste, groupSize: -1",
        "qat: {estimator: llm-qat, bits: 2, groupSize: 16",
        "qat: {estimator: llm-qat, groupSize: 16",
        "bitnet: {learned: weights",
        "bitnet: {learned: weights, levels: two"
      })
  void scalesTakeSixteenBitsWhereTheyAreTrainedSo(String how) throws IOException {
    Pipeline.StageOutcome outcome = faithful(SIXTEEN, how + ", " + TRAINING + "}", true);
    outcome
        .linears()
        .forEach(
            linear -> {
              assertThat(linear.substitutions()).isEmpty();
              assertThat(linear.note()).isEqualTo("trained for 12 steps");
            });
    assertThat(scales(directory.resolve("trained"))).containsOnly(DType.FLOAT16);
  }

  /** Types of the scales in an artifact. */
  private static List<DType> scales(Path artifact) {
    Checkpoint checkpoint = Checkpoint.open(artifact);
    return checkpoint.names().stream()
        .filter(name -> name.endsWith("scales"))
        .map(checkpoint::storedType)
        .toList();
  }

  @Test
  void aRecipeReadsBackToItself() throws IOException {
    Recipe recipe =
        bench()
            .recipe(
                """
                  - qat: {bits: 3, estimator: efficientqat, stepRate: 4, inputBits: 8, cacheBits: 2, loss: [hinton], learned: all, targets: ['mlp.*']}
                  - bitnet: {levels: two, ignore: ['mlp.*'], training: {steps: 3}}""");
    Path room = Files.createDirectory(directory.resolve("again"));
    Path again = room.resolve("recipe.yaml");
    Files.writeString(again, recipe.toYaml());
    assertThat(new RecipeLoader(room, StageRegistry.load()).read(again).stages())
        .isEqualTo(recipe.stages());
  }

  /** What a recipe says otherwise is refused before work begins. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qat: {bits: 1} | bits: found 1, expected an integer from 2 to 8",
        "qat: {groupSize: 0} | groupSize: found 0",
        "qat: {estimator: efficientqat, symmetric: true} | symmetric: found true, expected false with efficientqat",
        "qat: {symmetric: false} | symmetric: found false, expected true but with ste",
        "qat: {inputBits: 1} | inputBits: found 1",
        "qat: {cacheBits: 3} | cacheBits: found 3",
        "qat: {estimator: ste, stepRate: 2} | stepRate: found 2.0, expected none",
        "qat: {teachers: [original]} | teachers: found [original], expected none without a loss",
        "qat: {training: {precision: bfloat16}} | precision: found bfloat16, expected float32",
        "bitnet: {layout: bitnet} | inputBits: found null, expected 8",
        "bitnet: {layout: bitnet, levels: two, inputBits: 8} | layout: found bitnet, expected grid of two levels"
      })
  void whatARecipeCannotMeanIsRefused(String stage, String message) {
    assertThatThrownBy(() -> bench().recipe("  - " + stage))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsStoredAsOneHasNoPlaceInBitnetsLayout() {
    assertThatThrownBy(
            () ->
                bench()
                    .run(
                        family("gpt2"),
                        "  - bitnet: {layout: bitnet, inputBits: 8, " + TRAINING + "}",
                        directory.resolve("none"),
                        logits -> {}))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("layout: found bitnet, expected grid");
  }
}
