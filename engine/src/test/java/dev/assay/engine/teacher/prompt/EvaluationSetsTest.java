package dev.assay.engine.teacher.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.ChatMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationSetsTest {
  private static final String QUESTION = "How can I improve my time management skills?";

  @TempDir Path directory;
  private final EvaluationSets sets = EvaluationSets.known();

  @Test
  void allPromptsOfBothAreKnown() throws IOException {
    String hashes =
        new String(
            Objects.requireNonNull(EvaluationSets.class.getResourceAsStream("evaluation.txt"))
                .readAllBytes(),
            StandardCharsets.UTF_8);

    assertThat(hashes.lines().filter(line -> line.matches("vicuna [0-9a-f]{32}"))).hasSize(80);
    assertThat(
            hashes.lines().filter(line -> line.matches("user-oriented-instructions [0-9a-f]{32}")))
        .hasSizeGreaterThanOrEqualTo(252);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        QUESTION,
        "how can i improve my time-management skills",
        " How can I  improve\nmy time management skills ?! ",
        "Ｈow can I improve my time management skills?"
      })
  void aPromptIsKnownHoweverItIsWritten(String text) {
    assertThat(sets.titleOf(Prompt.of(1, text))).contains("Vicuna's questions");
  }

  @Test
  void aPromptIsKnownWithinAConversation() {
    List<ChatMessage> messages =
        List.of(
            ChatMessage.system("Be brief."),
            ChatMessage.user(QUESTION),
            ChatMessage.assistant("Plan."),
            ChatMessage.user("More?"));

    assertThat(sets.titleOf(new Prompt(1, messages, ""))).isPresent();
    assertThat(sets.titleOf(Prompt.of(1, "How can I improve my drawing skills?"))).isEmpty();
    assertThat(sets.titleOf(Prompt.of(1, ""))).isEmpty();
  }

  @Test
  void aFileWithThemIsRefusedWithTheReason() throws IOException {
    Path file = directory.resolve("mine.jsonl");
    Files.writeString(
        file,
        "{\"prompt\": \"Name a river.\"}\n" + ("{\"prompt\": \"" + QUESTION + "\"}\n").repeat(7));

    assertThatThrownBy(() -> PromptFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("mine.jsonl: found 7 prompts of Vicuna's questions")
        .hasMessageContaining("(line 2, 3, 4, 5, 6 …)")
        .hasMessageContaining("judged by what it knows by heart");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vicuna",
        "Vicuna-Bench",
        "user-oriented-instructions",
        "User_Oriented_Instructions"
      })
  void theirNamesAreRefused(String name) {
    assertThatThrownBy(() -> sets.requireOther("prompts", Path.of(name)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("prompts: found '" + name + "'")
        .hasMessageContaining("knows by heart");
  }

  @Test
  void othersAreNot() {
    assertThatCode(() -> sets.requireOther("prompts", Path.of("alpaca")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Please, " + QUESTION,
        QUESTION + " Answer in French.",
        "Below is an instruction. Write a response.\n\n### Instruction:\n"
            + QUESTION
            + "\n\n### Response:",
        "What are the main differences between Python and JavaScript programming languages, please?"
      })
  void aPromptIsKnownWithWordsAroundIt(String text) {
    assertThat(sets.titleOf(Prompt.of(1, text))).contains("Vicuna's questions");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "How can I improve my time management?",
        "What are the main differences between Python and JavaScript, and which of the two is older?",
        "Rewrite the given text and correct grammar."
      })
  void aPromptThatSharesSomeWordsIsNotOne(String text) {
    assertThat(sets.titleOf(Prompt.of(1, text))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lmsys/vicuna_bench",
        "data/vicuna/question.jsonl",
        "data/User-Oriented-Instructions/prompts.json",
        "mine/user_oriented_instructions.jsonl"
      })
  void theirNamesAreRefusedWithinPaths(String name) {
    assertThatThrownBy(() -> sets.requireOther("prompts", Path.of(name)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("knows by heart");
  }

  /** A folder may be that of a model of the name. */
  @ParameterizedTest
  @ValueSource(strings = {"lmsys/vicuna-7b-v1.5", "answers/vicuna/train.jsonl"})
  void namesThatHaveTheirsInThemAreOthers(String name) {
    assertThatCode(() -> sets.requireOther("prompts", Path.of(name))).doesNotThrowAnyException();
  }
}
