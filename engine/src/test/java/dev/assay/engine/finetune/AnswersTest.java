package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Goldens;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.template.ChatEncoder;
import dev.assay.engine.teacher.template.ChatTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stages that learn answers in place of a text. */
@Tag("slow")
class AnswersTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 8, batch: 4, learningRate: 0.003, schedule: {kind: constant}}";

  @TempDir private Path directory;

  private static List<ChatExample> examples(int count) {
    List<ChatExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String thing = List.of("sky", "sea", "grass", "snow", "sun").get(i % 5);
      examples.add(
          new ChatExample(
              List.of(
                  ChatMessage.user("Say what colour the %s is, by %d words.".formatted(thing, i))),
              "The %s is blue, they say.".formatted(thing)));
    }
    return examples;
  }

  private TextlessStages stages() {
    return new TextlessStages(torch, directory);
  }

  private Path set(String name, List<ChatExample> examples) throws IOException {
    return stages().set(name, examples);
  }

  private Recipe recipe(String stages) throws IOException {
    return stages().recipe(stages);
  }

  private JsonNode run(String stages, String target) throws IOException {
    return stages().run(stages, target);
  }

  /** Mean −log p of the answers' tokens, or of the prompts' alone. */
  private double loss(Path checkpoint, List<ChatExample> examples, boolean answers) {
    Checkpoint opened = Checkpoint.open(checkpoint);
    double sum = 0;
    long count = 0;
    try (LanguageModel model =
            LanguageModel.load(
                torch,
                opened,
                new Families().architecture(opened),
                Execution.reference(torch.device()));
        Tokenizer tokenizer = opened.tokenizer()) {
      ChatEncoder encoder = ChatEncoder.of(opened, tokenizer);
      for (ChatExample example : examples) {
        ChatTokens tokens = encoder.encode(example);
        float[] losses = model.tokenLosses(new long[][] {tokens.ids()})[0];
        // Of the token behind it.
        int border = tokens.promptLength() - 1;
        for (int i = answers ? border : 0; i < (answers ? losses.length : border); i++) {
          sum += losses[i];
          count++;
        }
      }
    }
    return sum / count;
  }

  private static double first(JsonNode training) {
    return training.path("log").path("steps").get(0).path("loss").asDouble();
  }

  @Test
  void answersAreLearnedAndPromptsAreNotScored() throws IOException {
    List<ChatExample> examples = examples(12);
    // As many as a step takes, so that the first loss is that of all.
    String all = TRAINING.replace("batch: 4", "batch: 6, accumulation: 2");
    JsonNode training =
        run("  - finetune: {answers: {file: " + set("set", examples) + "}, " + all + "}", "tuned");

    Path before = ModelFixture.model("ref-7m");
    double answers = loss(before, examples, true);
    assertThat(first(training)).isCloseTo(answers, within(1e-3));
    assertThat(loss(before, examples, false)).isNotCloseTo(answers, within(0.05));
    assertThat(loss(directory.resolve("tuned"), examples, true)).isLessThan(answers - 1);
    assertThat(training.path("notes")).isEmpty();
    assertThat(training.path("studentFlops").asDouble()).isPositive();
  }

  @Test
  void someAreHeldOutAndWhatIsTooLongIsLeftOut() throws IOException {
    List<ChatExample> examples = new ArrayList<>(examples(12));
    examples.add(
        new ChatExample(List.of(ChatMessage.user("Go on.")), "On and on and on. ".repeat(40)));
    examples.add(new ChatExample(List.of(ChatMessage.user("End.")), "The <|endoftext|> ends."));
    JsonNode training =
        run(
            "  - finetune: {answers: {file: %s, length: 64}, %s}"
                .formatted(
                    set("set", examples),
                    TRAINING.replace("}}", "}, evaluation: {windows: 3, every: 4}}")),
            "held");

    assertThat(training.path("notes").get(0).asText())
        .isEqualTo("answers: of 14 examples left out 2 (too-long 1, control-token 1)");
    assertThat(training.path("notes").get(1).asText())
        .isEqualTo("answers: 3 of 12 examples held out");
    JsonNode looks = training.path("log").path("looks");
    assertThat(looks).hasSize(2);
    assertThat(looks.get(1).path("loss").asDouble())
        .isLessThan(loss(ModelFixture.model("ref-7m"), examples(12), true));
  }

  @Test
  void aTeacherOfTheSameTokensReadsThemToo() throws IOException {
    String file = set("set", examples(8)).toString();
    JsonNode training =
        run(
            "  - distill: {loss: [reverse-kl], answers: {file: " + file + "}, " + TRAINING + "}",
            "taught");
    assertThat(first(training)).as("a student that is its own teacher").isCloseTo(0, within(1e-5));
    assertThat(training.path("teacherFlops").asDouble()).isPositive();
  }

  /** Of different lengths, so that batches are padded. */
  @Test
  void aTeacherOfWhichTokensAreKeptTeachesTheSame() throws IOException {
    List<ChatExample> examples = new ArrayList<>(examples(8));
    examples.add(new ChatExample(List.of(ChatMessage.user("Go on.")), "On and on. ".repeat(9)));
    String keys =
        "answers: {file: %s}, %s"
            .formatted(
                set("set", examples), TRAINING.replace("}}", "}, evaluation: {windows: 2}}"));
    JsonNode live =
        run(
                "  - drop-layers: {layers: [1]}\n  - distill: {loss: [top-k: {k: 9}], "
                    + keys
                    + "}",
                "live")
            .path("log");
    JsonNode kept =
        run(
                "  - drop-layers: {layers: [1]}\n  - distill: {loss: [cached-top-k], cache: {k: 9}, "
                    + keys
                    + "}",
                "kept")
            .path("log");
    for (String list : List.of("steps", "looks")) {
      for (int i = 0; i < live.path(list).size(); i++) {
        double loss = live.path(list).get(i).path("loss").asDouble();
        assertThat(loss).isGreaterThan(0.01);
        assertThat(kept.path(list).get(i).path("loss").asDouble())
            .isCloseTo(loss, within(2e-6 * (1 + loss)));
      }
    }
  }

  /** By its own template, in its own tokens; of both the answers alone are compared. */
  @Test
  void aTeacherOfOtherTokensReadsTheSameConversations() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(ModelFixture.model("ref-7m").resolve(name), other.resolve(name));
    }
    Files.copy(
        Goldens.room("tokenizers").resolve("bytelevel_bpe/tokenizer.json"),
        other.resolve("tokenizer.json"));
    String file = set("set", examples(8)).toString();
    JsonNode training =
        run(
            "  - distill: {teachers: [%s], loss: [uld], answers: {file: %s, length: 256}, %s}"
                .formatted(other, file, TRAINING.replace("steps: 8", "steps: 2")),
            "aligned");
    assertThat(training.path("notes").get(0).asText()).contains("has other tokens");
    assertThat(first(training)).isPositive();
    assertThatThrownBy(
            () ->
                run(
                    "  - distill: {teachers: [%s], loss: [uld], answers: {file: %s, length: 64}, %s}"
                        .formatted(other, set("long", List.of(longForTheOther())), TRAINING),
                    "none"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("left out 1 (too-long 1)");
  }

  private static ChatExample longForTheOther() {
    return new ChatExample(
        List.of(ChatMessage.user("What does the committee decide?")),
        "The Commission and the European Parliament decide on the agreement. ".repeat(4).strip());
  }

  @Test
  void aRecipeHasTheHashOfItsAnswersAndReadsBackToItself() throws IOException {
    Path file = set("set", examples(3));
    Recipe recipe = recipe("  - finetune: {answers: {file: " + file + "}}");
    String hash = DigestUtils.sha256Hex(Files.readAllBytes(file));

    assertThat(recipe.toYaml()).contains("sha256: " + hash).doesNotContain("data:");
    Path again = Files.createDirectory(directory.resolve("again")).resolve("recipe.yaml");
    Files.writeString(again, recipe.toYaml());
    RecipeLoader loader = new RecipeLoader(directory.resolve("again"), StageRegistry.load());
    assertThat(loader.read(again).stages()).isEqualTo(recipe.stages());
    assertThat(StageRegistry.load().method(recipe.stages().get(0)).texts()).isEmpty();

    set("set", examples(4));
    assertThatThrownBy(() -> loader.read(again))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("sha256: found ")
        .hasMessageContaining("expected " + hash);
  }

  /** What recipes meant before there were answers they mean still, to the letter. */
  @Test
  void aRecipeWithoutAnswersIsWrittenAsEver() throws IOException {
    String written = recipe("  - finetune\n  - distill").toYaml();
    assertThat(written.split("dataset: europarl-en\\n +split: train\\n +length: 256\\n", -1))
        .hasSize(3);
    assertThat(written).doesNotContain("answers");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{data: {}, answers: {file: FILE}} | data: found data beside answers, expected one of data, answers and generated",
        "{answers: {file: nowhere.jsonl}} | file: found 'nowhere.jsonl', expected a file that can be read",
        "{answers: {file: FILE, length: 1}} | length: found 1",
        "{answers: {file: FILE, sha256: abc}} | sha256: found ",
        "{answers: {}} | missing key 'file'",
        "{answers: {file: BAD}} | line 1: messages: found 1, the last of role user"
      })
  void whatCannotBeMeantIsRefused(String stage, String message) throws IOException {
    String file = set("set", examples(3)).toString();
    Path bad =
        Files.writeString(
            directory.resolve("bad.jsonl"),
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Sky?\"}]}\n");
    String written = stage.replace("FILE", file).replace("BAD", bad.toString());
    assertThatThrownBy(() -> recipe("  - finetune: " + written))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
    assertThatThrownBy(() -> recipe("  - distill: " + written))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void evaluationSetsAreRefused() throws IOException {
    Path file = set("vicuna", examples(3));
    assertThatThrownBy(() -> recipe("  - finetune: {answers: {file: " + file + "}}"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("expected prompts of no evaluation set");
  }

  /** Else a prompt would be looked at that was learned with another answer. */
  @Test
  void answersToOnePromptStayTogether() throws IOException {
    List<ChatExample> examples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      examples.add(
          new ChatExample(List.of(ChatMessage.user("Sky " + i % 2 + "?")), "Blue, " + i + "."));
    }
    String file = set("set", examples).toString();
    String training = "training: {steps: 1, batch: 2, evaluation: {windows: %d}}";
    JsonNode said =
        run(
            "  - finetune: {answers: {file: " + file + "}, " + training.formatted(2) + "}",
            "together");
    assertThat(said.path("notes").get(0).asText()).isEqualTo("answers: 4 of 8 examples held out");
    assertThatThrownBy(
            () ->
                run(
                    "  - finetune: {answers: {file: " + file + "}, " + training.formatted(5) + "}",
                    "all"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("windows: found 5, expected so few that of the 8 examples to 2");
  }

  /** Conversations are in the tokens that the stage before has left. */
  @Test
  void aModelOfFewerTokensLearnsInItsOwn() throws IOException {
    List<ChatExample> examples = examples(8);
    Path text = directory.resolve("text.txt");
    Files.writeString(text, "The committee decides. ".repeat(50));
    JsonNode training =
        run(
            "  - trim-vocabulary: {keep: 600, text: %s}\n  - finetune: {answers: {file: %s}, %s}"
                .formatted(text, set("set", examples), TRAINING),
            "trimmed");
    assertThat(loss(directory.resolve("trimmed"), examples, true))
        .isLessThan(first(training) - 0.5);
  }
}
