package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FollowingTokens;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages that train, as parts of recipes. */
class TrainingStagesTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 12, batch: 4, learningRate: 0.003, schedule: {kind: constant}, evaluation: {split: held, windows: 4, every: 4}}";

  @TempDir private Path directory;

  private Recipe recipe(String stages) throws IOException {
    return RecipeText.recipe(directory, stages);
  }

  private static Path family(String name) {
    return Goldens.room("families").resolve(name);
  }

  private List<Pipeline.StageOutcome> run(String family, String stages, String target)
      throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            recipe(stages).stages(),
            new FollowingTokens(),
            directory.resolve(target),
            (stage, finished, layers) -> {});
  }

  private double loss(Path checkpoint) {
    Checkpoint opened = Checkpoint.open(checkpoint);
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            opened,
            new Families().architecture(opened),
            Execution.reference(torch.device()))) {
      double sum = 0;
      for (float[] row : model.tokenLosses(FollowingTokens.windows(4, 2).toArray(long[][]::new))) {
        for (float loss : row) {
          sum += loss;
        }
      }
      return sum / (4 * (FollowingTokens.LENGTH - 1));
    }
  }

  private static double lastLook(Pipeline.StageOutcome outcome) {
    JsonNode looks = outcome.said().path("training").path("log").path("looks");
    return looks.get(looks.size() - 1).path("loss").asDouble();
  }

  /** Grouped queries, one norm for both parts, learned positions, fused projections, experts. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gptj", "opt", "gpt2", "gpt_neox", "mixtral", "bloom", "qwen2"})
  void everyFamilyLearnsAndItsArtifactIsWhatWasTrained(String family) throws IOException {
    List<Pipeline.StageOutcome> outcomes = run(family, "  - finetune: {" + TRAINING + "}", "tuned");
    double before = loss(family(family));
    double after = loss(directory.resolve("tuned"));

    assertThat(after).isLessThan(before - 0.5);
    // The artifact has the checkpoint's types, the trained model float32.
    assertThat(lastLook(outcomes.get(0))).isCloseTo(after, within(2e-2));
    JsonNode log = outcomes.get(0).said().path("training").path("log");
    assertThat(log.path("steps")).hasSize(12);
    assertThat(log.path("terms").get(0).asText()).isEqualTo("cross-entropy");
    assertThat(log.path("tokens").asLong()).isEqualTo(12 * 4 * FollowingTokens.LENGTH);
    assertThat(outcomes.get(0).linears()).isNotEmpty();
  }

  /** Whatever it learns by, so that losses can be compared. */
  @ParameterizedTest
  @ValueSource(strings = {"hinton", "hidden-mse", "logit-mse"})
  void looksTellWhatIsThoughtOfLabels(String term) throws IOException {
    String stages =
        "  - drop-layers: {layers: [1]}\n  - distill: {loss: [%s], %s}"
            .formatted(
                term.equals("hidden-mse") ? "{hidden-mse: {student: [1], teacher: [2]}}" : term,
                TRAINING);
    JsonNode log = run("llama", stages, "labels").get(1).said().path("training").path("log");
    JsonNode last = log.path("looks").get(log.path("looks").size() - 1);

    assertThat(last.path("labels").asDouble())
        .isCloseTo(loss(directory.resolve("labels")), within(2e-2))
        .isNotCloseTo(last.path("loss").asDouble(), within(2e-2));
  }

  @Test
  void zerosOfPruningStay() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run("llama", "  - magnitude: {sparsity: 2:4}\n  - finetune: {" + TRAINING + "}", "sparse");

    outcomes.get(1).linears().forEach(linear -> assertThat(linear.sparsity()).isEqualTo(0.5));
    outcomes
        .get(1)
        .linears()
        .forEach(linear -> assertThat(linear.relativeError()).isGreaterThan(0));
    assertThat(loss(directory.resolve("sparse"))).isLessThan(loss(family("llama")) - 0.5);
  }

  @Test
  void productsBesideAreFoldedIn() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run(
            "llama",
            "  - finetune: {lora: {rank: 4, alpha: 8, targets: [q_proj, 'mlp.*']}, "
                + TRAINING
                + "}",
            "lora");

    assertThat(outcomes.get(0).linears())
        .extracting(linear -> linear.linear())
        .containsOnly("self_attn.q_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj");
    assertThat(lastLook(outcomes.get(0)))
        .isCloseTo(loss(directory.resolve("lora")), within(2e-2))
        .isLessThan(loss(family("llama")));
  }

  /** Also those of a product beside: W + c·B·A would fill them. */
  @Test
  void zerosStayUnderProductsBesideToo() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run(
            "llama",
            "  - magnitude: {sparsity: 0.5}\n  - finetune: {lora: {rank: 4}, " + TRAINING + "}",
            "sparse-lora");

    outcomes
        .get(1)
        .linears()
        .forEach(
            linear -> {
              assertThat(linear.sparsity()).isCloseTo(0.5, within(1e-3));
              assertThat(linear.relativeError()).isGreaterThan(0);
            });
    assertThat(lastLook(outcomes.get(1)))
        .isCloseTo(loss(directory.resolve("sparse-lora")), within(2e-2));
  }

  /** A head of its own, which no tensor of the checkpoint says the type of. */
  @ParameterizedTest
  @ValueSource(strings = {"opt", "gpt2"})
  void aHeadThatWasTiedIsTrained(String family) throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run(
            family,
            "  - rotate: {}\n  - finetune: {training: {steps: 2, batch: 2}}",
            "untied-" + family);
    assertThat(Double.isFinite(loss(directory.resolve("untied-" + family)))).isTrue();
    assertThat(outcomes).hasSize(2);
  }

  @Test
  void bothOfAProductAreTrained() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run("llama", "  - svd: {keep: 0.5}\n  - finetune: {" + TRAINING + "}", "factors");

    assertThat(outcomes.get(1).after().parameters())
        .isEqualTo(outcomes.get(0).after().parameters());
    assertThat(lastLook(outcomes.get(1)))
        .isCloseTo(loss(directory.resolve("factors")), within(2e-2));
    assertThat(outcomes.get(1).linears())
        .allMatch(linear -> linear.relativeError() > 0)
        .isNotEmpty();
  }

  /** Queries of each head, and channels, of which some are gone; and a stream of other widths. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "wanda-sp: {}",
        "drop-layers: {}",
        "slicegpt: {keep: 0.8}",
        "prune-hidden: {keep: 0.8}",
        "flap: {keep: 0.8}"
      })
  void whateverWasMadeSmallerLearns(String stage) throws IOException {
    String name = stage.substring(0, stage.indexOf(':'));
    String first = name.equals("wanda-sp") ? "prune-width: {keep: 0.8}" : stage;
    List<Pipeline.StageOutcome> outcomes =
        run("llama", "  - " + first + "\n  - finetune: {" + TRAINING + "}", name);
    JsonNode looks = outcomes.get(1).said().path("training").path("log").path("looks");
    assertThat(looks.get(2).path("loss").asDouble())
        .isLessThan(looks.get(0).path("loss").asDouble())
        .isCloseTo(loss(directory.resolve(name)), within(5e-2));
  }

  @Test
  void someTensorsAloneAreTrained() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run(
            "llama",
            "  - finetune: {training: {steps: 2, batch: 2, only: ['model.layers.1.*']}}",
            "some");
    assertThat(outcomes.get(0).linears()).extracting(linear -> linear.layer()).containsOnly(1);
    assertThatThrownBy(
            () -> run("llama", "  - finetune: {training: {steps: 2, only: [nothing]}}", "none"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("only: 'nothing' fits no tensor of the model");
    assertThatThrownBy(
            () ->
                run(
                    "llama",
                    "  - finetune: {training: {steps: 2, only: ['model.layers.1.*', nothing]}}",
                    "one"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("only: 'nothing' fits no tensor");
    assertThatThrownBy(
            () ->
                run(
                    "llama",
                    "  - finetune: {training: {steps: 2, evaluation: {split: train}}}",
                    "same"))
        .hasMessageContaining("evaluation.split: found 'train', expected another");
  }

  /** A student that is its own teacher has nothing to learn. */
  @ParameterizedTest
  @CsvSource({
    "forward-kl, 0",
    "reverse-kl, 0",
    "js, 0",
    "total-variation, 0",
    "symmetric-kl, 0",
    "skewed-forward-kl, 0",
    "skewed-reverse-kl, 0",
    "uld, 0"
  })
  void aStudentThatIsItsOwnTeacherIsDone(String term, double loss) throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run(
            "llama",
            "  - distill: {loss: [" + term + "], training: {steps: 1, batch: 2}}",
            "self-" + term);
    JsonNode step = outcomes.get(0).said().path("training").path("log").path("steps").get(0);
    assertThat(step.path("loss").asDouble()).isCloseTo(loss, within(1e-6));
    assertThat(step.path("norm").asDouble()).isCloseTo(0, within(1e-4));
  }

  /** Nor on what it writes itself, whatever it writes. */
  @ParameterizedTest
  @ValueSource(strings = {"generalized-jsd", "reverse-kl", "forward-kl", "{top-k: {k: 4}}"})
  void aStudentThatIsItsOwnTeacherIsDoneOnItsSamplesToo(String term) throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run(
            "llama",
            "  - distill: {loss: ["
                + term
                + "], onPolicy: {share: 1, prompt: 4, tokens: 8}, training: {steps: 2, batch: 3, optimizer: {kind: sgd, weightDecay: 0}}}",
            "samples");
    JsonNode log = outcomes.get(0).said().path("training").path("log");
    for (JsonNode step : log.path("steps")) {
      assertThat(step.path("loss").asDouble()).isCloseTo(0, within(1e-6));
      assertThat(step.path("norm").asDouble()).isCloseTo(0, within(1e-4));
    }
    assertThat(log.path("written").asLong())
        .isEqualTo(log.path("tokens").asLong())
        .isBetween(2 * 3 * 5L, 2 * 3 * 12L);
  }

  @Test
  void whatIsLeftOfAModelLearnsOnWhatItWrites() throws IOException {
    String stages =
        "  - drop-layers: {layers: [1]}\n  - distill: {loss: [{generalized-jsd: {beta: 0.5}}], onPolicy: {share: 0.7, prompt: 4}, "
            + TRAINING
            + "}";
    JsonNode log = run("llama", stages, "own").get(1).said().path("training").path("log");
    JsonNode looks = log.path("looks");
    assertThat(looks.get(looks.size() - 1).path("loss").asDouble())
        .isLessThan(looks.get(0).path("loss").asDouble());
    assertThat(log.path("written").asLong()).isPositive().isLessThan(log.path("tokens").asLong());
    JsonNode again = run("llama", stages, "again").get(1).said().path("training").path("log");
    assertThat(again.path("steps")).isEqualTo(log.path("steps"));
    assertThat(again.path("written")).isEqualTo(log.path("written"));
  }

  /** Then it learns what the teacher writes, as labels. */
  @Test
  void aTeacherWritesToo() throws IOException {
    JsonNode training =
        run(
                "llama",
                "  - drop-layers: {layers: [1]}\n  - distill: {loss: [cross-entropy], onPolicy: {share: 1, prompt: 4, teacherShare: 1}, "
                    + TRAINING
                    + "}",
                "sequences")
            .get(1)
            .said()
            .path("training");
    assertThat(training.path("log").path("written").asLong()).isPositive();
    assertThat(training.path("log").path("looks")).hasSize(3);
  }

  /** What it writes itself comes nearer to what the whole would write. */
  @Test
  void whatIsLeftOfAModelLearnsByItsPolicy() throws IOException {
    JsonNode training =
        run(
                "llama",
                "  - drop-layers: {layers: [1]}\n"
                    + "  - minillm: {prompt: 4, uses: 2, policy: {teacherShare: 0.2, rewardClip: 10}, pretraining: {data: {length: 16}, taught: 0.5}, "
                    + TRAINING
                    + "}",
                "policy")
            .get(1)
            .said()
            .path("training");
    JsonNode log = training.path("log");
    assertThat(log.path("terms").toString())
        .isEqualTo("[\"minillm\",\"reverse-kl\",\"cross-entropy\",\"soft-cross-entropy\"]");
    assertThat(log.path("steps").get(11).path("terms").get(1).asDouble())
        .isLessThan(log.path("steps").get(0).path("terms").get(1).asDouble());
    JsonNode looks = log.path("looks");
    assertThat(looks.get(2).path("loss").asDouble())
        .isLessThan(looks.get(0).path("loss").asDouble());
    assertThat(log.path("written").asLong()).isPositive();
    assertThat(training.path("studentFlops").asDouble()).isPositive();
  }

  @Test
  void whatIsLeftOfAModelLearnsFromTheWhole() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        run(
            "llama",
            "  - drop-layers: {layers: [1]}\n"
                + "  - distill: {loss: [{hinton: {temperature: 2, alpha: 0.7}}, {hidden-mse: {weight: 0.1}}], "
                + TRAINING
                + "}",
            "fewer");
    JsonNode log = outcomes.get(1).said().path("training").path("log");
    JsonNode looks = log.path("looks");
    assertThat(looks.get(looks.size() - 1).path("loss").asDouble())
        .isLessThan(looks.get(0).path("loss").asDouble());
    assertThat(log.path("terms")).hasSize(2);
    assertThat(outcomes.get(1).said().path("training").path("teacherFlops").asDouble())
        .isPositive();
  }

  @Test
  void aRecipeReadsBackToItself() throws IOException {
    Recipe recipe =
        recipe(
            """
              - drop-layers:
              - distill:
                  teachers: [original, %s]
                  loss:
                    - hinton: {temperature: 3, weight: 0.5}
                    - generalized-jsd: {beta: 0.5}
                    - minilm-v2
                  data: {dataset: wordnet-glosses, length: 64, windows: 100}
                  training: {steps: 5, optimizer: {kind: lion}, schedule: {warmupSteps: 2}}
                  onPolicy: {share: 0.25, prompt: 8, teacherShare: 1}
                  lora: {rank: 2}
              - minillm: {policy: {teacherShare: 0.2}, pretraining: {weight: 2}}"""
                .formatted(family("llama")));
    Path again = Files.createDirectory(directory.resolve("again")).resolve("recipe.yaml");
    Files.writeString(again, recipe.toYaml());
    assertThat(
            new RecipeLoader(directory.resolve("again"), StageRegistry.load()).read(again).stages())
        .isEqualTo(recipe.stages());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "- finetune: {training: {steps: 0}} | steps: found 0, expected at least 1",
        "- finetune: {training: {optimizer: {kind: sgd, beta1: 0.5}}} | beta1: found 0.5, expected none",
        "- finetune: {training: {schedule: {kind: constant, floor: 0.5}}} | floor: found 0.5",
        "- distill: {teachers: []} | teachers",
        "- distill: {loss: [hintn]} | unknown term 'hintn'",
        "- distill: {loss: [{hinton: {temp: 2}}]} | unknown key 'temp'",
        "- distill: {onPolicy: {}} | loss: found hinton with labels, expected terms that compare with teachers alone",
        "- distill: {loss: [js], onPolicy: {share: 0}} | share: found 0",
        "- distill: {loss: [js], onPolicy: {teacherShare: 2}} | teacherShare: found 2",
        "- distill: {loss: [js], onPolicy: {temperature: 0}} | temperature: found 0",
        "- distill: {loss: [js], onPolicy: {}, data: {length: 32}} | onPolicy.prompt: found 32, expected below the 32 tokens of a window",
        "- minillm: {uses: 0} | uses: found 0, expected at least 1",
        "- minillm: {prompt: 256} | prompt: found 256, expected below the 256 tokens of a window",
        "- minillm: {pretraining: {weight: 0}} | weight: found 0",
        "- minillm: {pretraining: {taught: 2}} | taught: found 2",
        "- minillm: {pretraining: {data: {split: validation}}, training: {evaluation: {windows: 2}}} | pretraining.data: found europarl-en, validation, expected another text than what is held out",
        "- lottery: {training: {evaluation: {windows: 2, patience: 2}}} | training.evaluation.patience: found 2, expected 0",
        "- minillm: {policy: {clip: 1}} | clip: found 1",
        "- finetune: {lora: {rank: 0}} | rank: found 0",
        "- finetune: {data: {length: 1}} | length: found 1",
        "- finetune: {training: {steps: 5, schedule: {warmupSteps: 5}}} | warmupSteps: found 5, expected below",
        "- finetune: {lora: {}, training: {only: [a]}} | only: found [a], expected none beside lora"
      })
  void whatARecipeCannotMeanIsRefused(String stage, String message) {
    assertThatThrownBy(() -> recipe("  " + stage))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  /** Rounded values would be lost. */
  @Test
  void whatIsRoundedIsNotTrained() {
    assertThatThrownBy(() -> run("llama", "  - rtn: {bits: 4}\n  - finetune", "rounded"))
        .isInstanceOf(BadInputException.class);
  }
}
