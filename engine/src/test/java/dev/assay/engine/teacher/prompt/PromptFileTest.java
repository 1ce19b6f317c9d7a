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

class PromptFileTest {
  @TempDir Path directory;

  private Path file(String... lines) throws IOException {
    return Files.write(directory.resolve("prompts.jsonl"), List.of(lines));
  }

  @Test
  void everyFormBecomesAConversation() throws IOException {
    List<Prompt> prompts =
        PromptFile.read(
            file(
                "\ufeff{\"id\": 3, \"prompt\": \"Why is grass green?\"}",
                "",
                "{\"instruction\": \"Shorten this.\", \"input\": \"A long text.\"}",
                "{\"instruction\": \"Name a river.\", \"input\": \"\"}",
                "{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"},"
                    + " {\"role\": \"user\", \"content\": \"Hm?\"}]}"));

    assertThat(prompts).extracting(Prompt::line).containsExactly(1, 3, 4, 5);
    assertThat(prompts)
        .extracting(Prompt::messages)
        .containsExactly(
            List.of(ChatMessage.user("Why is grass green?")),
            List.of(ChatMessage.user("Shorten this.\n\nA long text.")),
            List.of(ChatMessage.user("Name a river.")),
            List.of(ChatMessage.system("Be brief."), ChatMessage.user("Hm?")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"prompt\": |not valid JSON",
        "[1]|found no object",
        "{}|found none, expected one of prompt, instruction and messages",
        "{\"prompt\": \"a\", \"messages\": []}|found prompt and messages",
        "{\"prompt\": 3}|prompt: found number, expected a text",
        "{\"prompt\": null}|prompt: found null",
        "{\"instruction\": \"a\", \"input\": [1]}|input: found array",
        "{\"messages\": {}}|messages: found no list",
        "{\"messages\": []}|messages: found none",
        "{\"messages\": [{\"role\": \"user\"}]}|content: found nothing",
        "{\"messages\": [{\"role\": \"?\", \"content\": \"a\"}]}|role: found '?'",
        "{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}|role assistant",
      })
  void whatIsNoPromptIsNamedWithItsLine(String line, String words) throws IOException {
    Path file = file("{\"prompt\": \"fine\"}", line);

    assertThatThrownBy(() -> PromptFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("prompts.jsonl: line 2: ")
        .hasMessageContaining(words);
  }

  @Test
  void anEmptyFileHasNoPrompts() throws IOException {
    Path file = file("");
    assertThatThrownBy(() -> PromptFile.read(file)).hasMessageContaining("found no prompts");
    assertThatThrownBy(() -> PromptFile.read(directory.resolve("none.jsonl")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("none.jsonl");
  }

  @Test
  void promptsAreTakenOnce() {
    List<Prompt> prompts =
        List.of(
            Prompt.of(1, "Write a poem about the sea."),
            Prompt.of(2, "write a poem, about the SEA"),
            Prompt.of(3, "  "),
            Prompt.of(4, "Write a short poem about the deep blue sea!"),
            Prompt.of(5, "?!"),
            Prompt.of(6, "!?"));

    PromptSet equal = PromptSet.of(prompts, PromptSet.EQUAL_ONLY);
    assertThat(equal.prompts()).extracting(Prompt::line).containsExactly(1, 4, 5, 6);
    assertThat(equal.dropped()).hasToString("2 (empty 1, duplicate 1)");

    PromptSet unlike = PromptSet.of(prompts, 0.7);
    assertThat(unlike.prompts()).extracting(Prompt::line).containsExactly(1, 5, 6);
    assertThat(unlike.dropped().count(DropReason.SIMILAR)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is 2+2?|What is 2-2?",
        "Explain C to me.|Explain C++ to me.",
        "Explain C.|Explain C#.",
        "What is x\u00b2?|What is x2?",
        "\u0915\u093f|\u0915\u0941",
        "Name a[1].|Name a1.",
        "What is 1.5?|What is 15?"
      })
  void promptsThatAskForOtherThingsAreBothTaken(String one, String other) {
    PromptSet set = PromptSet.of(List.of(Prompt.of(1, one), Prompt.of(2, other)), 2);

    assertThat(set.prompts()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is C++?|what  is c++",
        "Name it!|Name it\u3002",
        "caf\u00e9 noir|cafe\u0301 noir."
      })
  void promptsThatAskForTheSameAreTakenOnce(String one, String other) {
    PromptSet set = PromptSet.of(List.of(Prompt.of(1, one), Prompt.of(2, other)), 2);

    assertThat(set.prompts()).hasSize(1);
  }
}
