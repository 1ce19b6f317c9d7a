package dev.assay.engine.teacher.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.Choice;
import dev.assay.engine.teacher.chat.Completion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingSetTest {
  @TempDir Path directory;

  private static Choice choice(int index, @Nullable String content, @Nullable String reason) {
    return new Choice(index, content, null, reason, List.of());
  }

  private static final List<Prompt> PROMPTS =
      List.of(
          Prompt.of(1, "Sky?"),
          Prompt.of(2, "Grass?"),
          Prompt.of(3, "How can I improve my time management skills?"));
  private static final List<Completion> ANSWERS =
      List.of(
          new Completion(
              "m",
              List.of(
                  choice(0, "Blue.", Choice.STOP),
                  choice(1, "Blue.", Choice.STOP),
                  choice(2, " \n", Choice.STOP),
                  choice(3, "Bl", Choice.LENGTH),
                  choice(4, null, "tool_calls")),
              null),
          new Completion(
              "m",
              List.of(
                  choice(0, "Green.", Choice.STOP),
                  choice(1, "Gre", Choice.FILTERED),
                  new Choice(2, null, "No.", Choice.STOP, List.of())),
              null),
          new Completion("m", List.of(choice(0, "Plan.", Choice.STOP)), null));

  @Test
  void answersThatTeachNothingAreLeftOutAndCounted() {
    TrainingSet set = TrainingSet.of(PROMPTS, ANSWERS, false);

    assertThat(set.examples())
        .containsExactly(
            new ChatExample(PROMPTS.get(0).messages(), "Blue."),
            new ChatExample(PROMPTS.get(1).messages(), "Green."));
    assertThat(set.dropped())
        .hasToString("7 (empty 1, refused 3, truncated 1, duplicate 1, evaluation-set 1)");
    assertThat(set.examples().size() + set.dropped().total()).isEqualTo(9);
  }

  @Test
  void answersThatWereCutOffMayStay() {
    TrainingSet set = TrainingSet.of(PROMPTS, ANSWERS, true);

    assertThat(set.examples()).hasSize(3);
    assertThat(set.dropped().count(DropReason.TRUNCATED)).isZero();
  }

  @Test
  void aSetIsWrittenInLines() throws IOException {
    Path file = directory.resolve("train.jsonl");
    TrainingSet.of(PROMPTS, ANSWERS, false).write(file);

    assertThat(Files.readAllLines(file))
        .hasSize(2)
        .element(0)
        .isEqualTo(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Sky?\"},"
                + "{\"role\":\"assistant\",\"content\":\"Blue.\"}]}");
    assertThat(directory).isDirectoryContaining("glob:**train.jsonl");
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void domainsGoFromPromptsToAnswersAndBack() throws IOException {
    Path prompts =
        Files.writeString(
            directory.resolve("prompts.jsonl"),
            """
            {"prompt": "Sky?", "domain": "colours"}
            {"instruction": "Add them.", "input": "1, 2", "domain": null}
            """);
    List<Completion> answers =
        List.of(
            new Completion("m", List.of(choice(0, "Blue.", Choice.STOP)), null),
            new Completion("m", List.of(choice(0, "3.", Choice.STOP)), null));
    Path file = directory.resolve("train.jsonl");
    TrainingSet.of(PromptFile.read(prompts), answers, false).write(file);

    assertThat(ExampleFile.read(file))
        .extracting(ChatExample::domain)
        .containsExactly("colours", null);
    assertThat(Files.readAllLines(file).get(1)).doesNotContain("domain");
  }

  @Test
  void aDomainIsAName() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("prompts.jsonl"), "{\"prompt\": \"Sky?\", \"domain\": 3}");
    assertThatThrownBy(() -> PromptFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("line 1: domain: found number, expected a text");
  }

  private static TrainingSet set(Choice... choices) {
    return TrainingSet.of(
        PROMPTS.subList(0, 1), List.of(new Completion("m", List.of(choices), null)), false);
  }

  @Test
  void onlyAnswersThatCameToTheirEndStay() {
    TrainingSet set =
        set(
            choice(0, "Blue.", Choice.STOP),
            choice(1, "I call a tool.", "tool_calls"),
            choice(2, "It broke", "error"),
            choice(3, "It ends", null));

    assertThat(set.examples()).extracting(ChatExample::answer).containsExactly("Blue.");
    assertThat(set.dropped().total()).isEqualTo(3);
  }

  @Test
  void whereTheServerNeverSaysAnswersStay() {
    assertThat(set(choice(0, "Blue.", null), choice(1, "Grey.", null)).examples()).hasSize(2);
  }

  @Test
  void aRefusalWithoutWordsIsNone() {
    TrainingSet set = set(new Choice(0, "Blue.", "", Choice.STOP, List.of()));

    assertThat(set.examples()).hasSize(1);
  }

  /** A model that thinks may come to its limit before it says anything. */
  @Test
  void anAnswerThatIsCutOffBeforeItBeginsIsNoRefusal() {
    assertThat(set(choice(0, null, Choice.LENGTH)).dropped()).hasToString("1 (truncated 1)");
  }

  @Test
  void aSetIsWrittenWhereverItIsWanted() throws IOException {
    Path file = directory.resolve("new/deeper/train.jsonl");
    set(choice(0, "Half a pair: \ud83d.", Choice.STOP)).write(file);

    assertThat(Files.readString(file)).contains("Half a pair: \ufffd.");
    assertThat(file.resolveSibling("").toFile().list()).hasSize(1);
  }

  @Test
  void nothingIsLeftOfASetThatCannotBeWritten() throws IOException {
    Path file = Files.createDirectories(directory.resolve("train.jsonl/there"));

    assertThatThrownBy(
            () ->
                set(choice(0, "Blue.", Choice.STOP))
                    .write(Objects.requireNonNull(file.getParent())))
        .isInstanceOf(IOException.class);
    assertThat(directory.toFile().list()).containsExactly("train.jsonl");
  }
}
