package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages that learn from what the model itself writes. */
class GeneratedTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 3, batch: 6, accumulation: 2, learningRate: 0.001, schedule: {kind: constant}}";

  @TempDir private Path directory;

  private Recipe recipe(String stages) throws IOException {
    return new TextlessStages(torch, directory).recipe(stages);
  }

  private JsonNode run(String stages, String target) throws IOException {
    return new TextlessStages(torch, directory)
        .run(ModelFixture.of("llama").checkpoint(), stages, target);
  }

  private static Generated generated(int sequences, int length, long seed) {
    return new Generated(sequences, length, seed, List.of(3, 5));
  }

  private List<long[]> write(Generated generated, List<Integer> heard) {
    ModelFixture fixture = ModelFixture.of("llama");
    return generated.write(
        torch,
        new CheckpointWeights(torch, fixture.checkpoint(), fixture.architecture()),
        heard::add);
  }

  private LanguageModel load(Checkpoint checkpoint) {
    return LanguageModel.load(
        torch,
        checkpoint,
        new Families().architecture(checkpoint),
        Execution.reference(torch.device()));
  }

  @Test
  void textIsSettledByTheSeedAlone() {
    List<Integer> heard = new ArrayList<>();
    long[][] one = write(generated(40, 12, 7), heard).toArray(long[][]::new);

    assertThat(one).hasNumberOfRows(40);
    assertThat(one[39]).hasSize(12);
    assertThat(heard).containsExactly(32, 40);
    assertThat(write(generated(40, 12, 7), heard).toArray(long[][]::new)).isDeepEqualTo(one);
    assertThat(write(generated(40, 12, 8), heard).get(0)).isNotEqualTo(one[0]);
    // Those of the first are not those of all: what is beside a text changes nothing of it.
    assertThat(write(generated(3, 12, 7), heard).get(2)).isEqualTo(one[2]);
  }

  /** Three to five behind the first are the most probable; what comes then is drawn. */
  @Test
  void whatFollowsTheFirstTokenIsTheMostProbable() {
    List<long[]> texts = write(generated(24, 24, 1), new ArrayList<>());
    int[] runs = new int[24];
    try (LanguageModel model = load(ModelFixture.of("llama").checkpoint());
        NDManager own = torch.manager().newSubManager()) {
      for (int row = 0; row < runs.length; row++) {
        long[] likely = model.logits(own, new long[][] {texts.get(row)}).argMax(2).toLongArray();
        while (runs[row] < 22 && texts.get(row)[runs[row] + 1] == likely[runs[row]]) {
          runs[row]++;
        }
      }
    }
    assertThat(Arrays.stream(runs).min()).hasValue(3);
    // Of a vocabulary of 512 few drawn tokens are the most probable ones.
    assertThat(runs).contains(3, 4, 5);
    assertThat(Arrays.stream(runs).filter(each -> each > 5).count()).isLessThan(8);
    assertThat(texts.stream().map(each -> each[0]).distinct().count()).isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "finetune: {GENERATED, TRAINING}",
        "distill: {loss: [soft-cross-entropy], GENERATED, TRAINING}",
        "distill: {loss: [js], onPolicy: {share: 1, prompt: 4}, GENERATED, TRAINING}",
        "qat: {estimator: llm-qat, groupSize: 16, loss: [soft-cross-entropy], GENERATED, TRAINING}",
        "bitnet: {GENERATED, TRAINING}"
      })
  void stagesLearnFromIt(String stage) throws IOException {
    String whole =
        "  - "
            + stage
                .replace("GENERATED", "generated: {sequences: 14, length: 16, seed: 3}")
                .replace(
                    "TRAINING", TRAINING.replace("}}", "}, evaluation: {windows: 2, every: 2}}"));
    JsonNode one = run(whole, "one");
    JsonNode other = run(whole, "other");

    assertThat(one.path("log").path("steps")).hasSize(3);
    assertThat(one.path("log").path("looks")).hasSize(2);
    assertThat(one.path("log").path("looks").get(0).path("loss").asDouble()).isFinite();
    assertThat(one.path("log").path("steps")).isEqualTo(other.path("log").path("steps"));
    assertThat(one.path("notes").toString())
        .contains("14 sequences of 16 tokens written", "of which 2 are held out");
    assertThat(one.path("teacherFlops").asDouble()).isPositive();
  }

  /** As it was before all stages, whatever they made of it. */
  @Test
  void whatTheRecipeBeganWithWrites() throws IOException {
    run("  - drop-layers: {layers: [1]}", "fewer");
    JsonNode training =
        run(
            "  - drop-layers: {layers: [1]}\n  - finetune: {generated: {sequences: 12, length: 16}, "
                + TRAINING
                + "}",
            "tuned");

    long[][] text = write(generated(12, 16, 0), new ArrayList<>()).toArray(long[][]::new);
    double sum = 0;
    try (LanguageModel fewer = load(Checkpoint.open(directory.resolve("fewer")))) {
      for (float[] row : fewer.tokenLosses(text)) {
        for (float loss : row) {
          sum += loss;
        }
      }
    }
    assertThat(training.path("log").path("steps").get(0).path("loss").asDouble())
        .isCloseTo(sum / (12 * 15), within(1e-3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "finetune: {generated: {}, data: {}} | data: found data beside generated, expected one of data, answers and generated",
        "qat: {generated: {}, data: {length: 16}} | data: found data beside generated",
        "finetune: {generated: {greedy: [5, 3]}} | greedy: found [5, 3], expected two numbers",
        "finetune: {generated: {greedy: [3]}} | greedy: found [3]",
        "finetune: {generated: {length: 1}} | length: found 1, expected at least 2",
        "finetune: {generated: {sequences: 0}} | sequences: found 0",
        "distill: {loss: [js], generated: {length: 16}, onPolicy: {prompt: 16}} | onPolicy.prompt: found 16, expected below the 16 tokens",
        "qat: {generated: {sequences: 8}, training: {evaluation: {windows: 8}}} | training.evaluation.windows: found 8, expected fewer than the 8 sequences"
      })
  void whatCannotBeMeantIsRefused(String stage, String message) {
    assertThatThrownBy(() -> recipe("  - " + stage))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aRecipeReadsBackToItself() throws IOException {
    Recipe recipe =
        recipe(
            "  - qat: {generated: {sequences: 100, greedy: [3, 3]}}\n  - finetune: {generated: {}}");
    Path again = Files.createDirectory(directory.resolve("again")).resolve("recipe.yaml");
    Files.writeString(again, recipe.toYaml());
    assertThat(
            new RecipeLoader(directory.resolve("again"), StageRegistry.load()).read(again).stages())
        .isEqualTo(recipe.stages());
    assertThat(recipe.toYaml()).doesNotContain("data:");
  }

  /** Tokens of a vocabulary that a stage before has cut down mean other words. */
  @Test
  void aModelOfOtherTokensIsRefused() {
    ModelFixture llama = ModelFixture.of("llama");
    ModelFixture other = ModelFixture.of("mistral");
    assertThatThrownBy(
            () ->
                generated(2, 4, 0)
                    .requireReads(
                        new CheckpointWeights(torch, other.checkpoint(), other.architecture()),
                        new CheckpointWeights(torch, llama.checkpoint(), llama.architecture())))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found a model of 320 tokens, expected the 512");
  }
}
