package dev.assay.engine.teacher.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleFileTest {
  @TempDir Path directory;

  @Test
  void whatASetWritesIsReadBack() throws IOException {
    List<ChatExample> examples =
        List.of(
            new ChatExample(List.of(ChatMessage.user("Sky?")), "Blue.\n\"Deep\" blue \u2028 😀"),
            new ChatExample(
                List.of(
                    ChatMessage.system("Be brief."),
                    ChatMessage.user("Grass?"),
                    ChatMessage.assistant("Which?"),
                    ChatMessage.user("Any.")),
                "Green."));
    Path file = directory.resolve("set.jsonl");
    new TrainingSet(examples, new Drops()).write(file);

    assertThat(ExampleFile.read(file)).isEqualTo(examples);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"prompt\": \"Sky?\"} | line 2: found none, expected messages",
        "[1] | line 2: found no object, expected messages",
        "{\"messages\": [] | line 2: not valid JSON",
        "{\"messages\": []} | line 2: messages: found none, expected at least two",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Sky?\"}]} | found 1, the last of role user",
        "{\"messages\": [{\"role\": \"assistant\", \"content\": \"Blue.\"}]} | found 1, the last of",
        "{\"messages\": [{\"role\": \"user\"}]} | line 2: messages: content: found nothing",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Sky?\"}, {\"role\": \"assistant\", \"content\": \" \"}]} | found an empty answer"
      })
  void whatIsNoExampleIsAnErrorWithItsLine(String line, String message) throws IOException {
    Path file = directory.resolve("bad.jsonl");
    Files.writeString(file, "\n" + line + "\n");

    assertThatThrownBy(() -> ExampleFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void anEmptyFileAndOneWithTheNameOfAnEvaluationSetAreErrors() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.jsonl"), "\n\n");
    assertThatThrownBy(() -> ExampleFile.read(empty))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found no examples");
    Path vicuna = Files.writeString(directory.resolve("vicuna_bench.jsonl"), "\n");
    Path folder = Files.createDirectories(directory.resolve("vicuna"));
    Path within = Files.writeString(folder.resolve("question.jsonl"), "\n");
    for (Path each : List.of(vicuna, within)) {
      assertThatThrownBy(() -> ExampleFile.read(each))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("expected prompts of no evaluation set");
      assertThatThrownBy(() -> PromptFile.read(each))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("expected prompts of no evaluation set");
    }
  }
}
