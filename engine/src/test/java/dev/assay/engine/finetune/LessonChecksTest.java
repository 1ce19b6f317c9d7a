package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.PipelineCheck;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.RecipeText;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of teachers before a tensor is read. */
class LessonChecksTest {
  @TempDir private Path directory;

  private static Path model(String name) {
    return ModelFixture.model(name);
  }

  private void check(String... stages) throws IOException {
    Checkpoint source = Checkpoint.open(model("ref-7m"));
    List<Step> steps = RecipeText.steps(directory, List.of(stages));
    new PipelineCheck(new Families().architecture(source), StageRegistry.load())
        .requireLessons(steps, source);
  }

  private Recipe recipe(String stage) throws IOException {
    Files.writeString(
        directory.resolve("one.yaml"), "name: one\nsummary: s\nstages:\n  - " + stage + "\n");
    return new RecipeLoader(directory, StageRegistry.load()).load("one");
  }

  @Test
  void whatFitsIsTaken() throws IOException {
    String larger = "distill: {teachers: [%s], loss: [%s]}";
    check(larger.formatted(model("ref-22m"), "hinton, hint"));
    check("drop-layers: {layers: [1]}", "distill: {loss: [hidden-mse]}");
    check("finetune");
  }

  @Test
  void otherTokensAreRefusedForTermsThatCompareThem() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(model("ref-7m").resolve(name), other.resolve(name));
    }
    Files.copy(
        Goldens.room("tokenizers").resolve("bytelevel_bpe/tokenizer.json"),
        other.resolve("tokenizer.json"));
    check("distill: {teachers: [%s], loss: [uld]}".formatted(other));
    for (String stage : List.of("distill", "qat", "qlora")) {
      assertThatThrownBy(
              () -> check("%s: {teachers: [%s], loss: [reverse-kl]}".formatted(stage, other)))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(
              "stage %s: reverse-kl: found a teacher with another tokenizer".formatted(stage));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "distill: {loss: [{hidden-mse: {student: [99], teacher: [1]}}]} | student: found state 99 of a model of",
        "distill: {teachers: [original, original], loss: [minilm]} | minilm",
        "distill: {loss: [{minilm-v2: {heads: 7}}]} | minilm-v2: found 7 heads",
        "train-scales: {loss: [{hidden-mse: {student: [1], teacher: [99]}}]} | teacher: found state 99",
        "finetune: {training: {only: ['*norm*', 'wo*']}} | stage finetune: training: only: 'wo*' fits no tensor of the model, expected some such as model.layers.0.",
        "qat: {learned: all, training: {only: ['*.nothing.*']}} | stage qat: training: only: '*.nothing.*' fits no tensor"
      })
  void whatModelsLackIsRefused(String stage, String message) {
    assertThatThrownBy(() -> check(stage))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  /** With the key of the recipe's file, before any model is looked at. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "distill: {loss: [cached-top-k], cache: {k: 8}, onPolicy: {share: 0.5}} | cache: found {k: 8}, expected none with onPolicy",
        "qat: {cache: {k: 8}} | cache: found {k: 8}, expected none without a loss",
        "finetune: {generated: {sequences: 4}, training: {evaluation: {windows: 4}}} | evaluation.windows: found 4, expected fewer",
        "finetune: {training: {evaluation: {split: train}}} | evaluation.split: found 'train', expected another",
        "minillm: {training: {evaluation: {split: train}}} | evaluation.split: found 'train', expected another",
        "distill: {loss: [hinton, rkd], training: {batch: 1}} | training.batch: found 1, expected at least 2 with rkd",
        "finetune: {training: {only: []}} | only: found [], expected at least one",
        "finetune: {training: {only: ['re:(']}} | only: found 're:(', expected a regular expression",
        "qat: {loss: [cross-entropy], cache: {k: 64}} | expected cached-top-k",
        "distill: {loss: [cross-entropy]} | loss: found [cross-entropy], expected a term that learns from the teachers",
        "qat: {teachers: [original], loss: [cross-entropy]} | loss: found [cross-entropy], expected a term that learns",
        "distill: {teachers: [models/nowhere]} | found 'models/nowhere' (models/nowhere/config.json: no such file",
        "'drop-layers: {every: 2, keep: [0, 1]}' | keep: found [0, 1] beside every: 2"
      })
  void whatARecipeCannotMeanIsRefusedWithItsPlace(String stage, String message) {
    assertThatThrownBy(() -> recipe(stage))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("one.yaml:4: stages[0].")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train-scales | stage train-scales: model.layers.0.self_attn.q_proj: found no stage before that rounds it",
        "finetune: {lora: {targets: [nothing]}} | stage finetune: lora: targets: found [nothing], which names no linear",
        "qlora: {lora: {targets: [nothing]}} | stage qlora: lora: targets: found [nothing], which names no linear"
      })
  void whatHasNothingToTrainIsRefusedBefore(String stage, String message) {
    ModelSpec spec = new Families().architecture(Checkpoint.open(model("ref-7m")));
    PipelineCheck check = new PipelineCheck(spec, StageRegistry.load());
    assertThatThrownBy(() -> check.require(RecipeText.steps(directory, List.of(stage))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  /** Heads of their own and biases that stages before give a model. */
  @Test
  void whatStagesBeforeMakeCanBeTrained() throws IOException {
    check("rotate", "finetune: {training: {only: ['lm_head.weight']}}");
    check(
        "prune-width: {keep: 0.5, recovery: mean}",
        "finetune: {training: {only: ['*.o_proj.bias']}}");
  }

  @Test
  void scalesAreTrainedBehindARounding() throws IOException {
    ModelSpec spec = new Families().architecture(Checkpoint.open(model("ref-7m")));
    PipelineCheck check = new PipelineCheck(spec, StageRegistry.load());
    check.require(RecipeText.steps(directory, List.of("rtn", "train-scales")));
    check.require(RecipeText.steps(directory, List.of("block-qat", "train-scales")));
  }

  /** Of a student that stages before have made smaller. */
  @Test
  void theStudentIsWhatStagesBeforeLeave() throws IOException {
    int depth = new Families().architecture(Checkpoint.open(model("ref-7m"))).layers();
    String last =
        "distill: {loss: [{hidden-mse: {student: [%d], teacher: [%d]}}]}".formatted(depth, depth);
    check(last);
    assertThatThrownBy(() -> check("drop-layers: {layers: [1]}", last))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "student: found state %d of a model of %d".formatted(depth, depth - 1));
    assertThatThrownBy(() -> check("prune-hidden: {keep: 0.5}", "distill: {loss: [patience]}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage distill: patience: found a width of");
    // Which only the stage itself can tell.
    check("flap: {keep: 0.8}", last);
  }

  /** Its teacher is still what the recipe began with. */
  @Test
  void aModelInThePlaceOfAnotherIsComparedWithThatOther() throws IOException {
    String two = "distill: {loss: [{hidden-mse: {student: [2], teacher: [6]}}]}";
    check("reinitialize: {layers: 2}", two);
    assertThatThrownBy(() -> check("reinitialize: {layers: 1}", two))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage distill: student: found state 2 of a model of 1");
    assertThatThrownBy(
            () -> check("reinitialize: {hidden: 128, heads: 2}", "distill: {loss: [patience]}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage distill: patience: found a width of");
  }

  /** Reading one takes no look at a tensor. */
  @Test
  void aRecipeSaysWhichModelItsTeacherIsOnceItIsAsked() throws IOException {
    Path teacher = model("ref-22m");
    Recipe read = recipe("distill: {teachers: [original, %s]}".formatted(teacher));
    assertThat(((DistillParameters) read.stages().get(0).parameters()).teachers())
        .extracting(Teacher::sha256)
        .containsOnlyNulls();
    List<Path> asked = new ArrayList<>();
    Recipe known =
        read.identified(
            path -> {
              asked.add(path);
              return "abc";
            });
    assertThat(asked).containsExactly(teacher);
    assertThat(((DistillParameters) known.stages().get(0).parameters()).teachers())
        .extracting(Teacher::sha256)
        .containsExactly(null, "abc");
    assertThat(known.canonical()).contains("sha256: abc");
    assertThat(known.canonical()).isNotEqualTo(read.identified(path -> "abd").canonical());
    assertThat(known.identified(path -> "abc")).isEqualTo(known);
    assertThatThrownBy(() -> known.identified(path -> "abd"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("sha256: found abd of %s, expected abc".formatted(teacher));
    Recipe none = recipe("distill");
    assertThat(none.identified(path -> "abc")).isEqualTo(none);
  }

  @Test
  void aTeacherThatIsNoModelIsToldWhenARecipeIsRead() {
    assertThatThrownBy(() -> recipe("distill: {teachers: [%s]}".formatted(directory)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("config.json: no such file");
  }
}
