package dev.assay.engine.teacher.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.teacher.chat.Choice;
import dev.assay.engine.teacher.chat.Completion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
                  choice(0, "Green.", null),
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
}
