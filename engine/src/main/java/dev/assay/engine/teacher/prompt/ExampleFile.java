package dev.assay.engine.teacher.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.teacher.chat.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Conversations in JSON Lines whose last message is an answer to learn, as {@link
 * TrainingSet#write} makes them. Each line is an object with {@code messages}, and perhaps the
 * {@code domain} that it is of; other keys are passed over, and so are empty lines.
 */
public final class ExampleFile {
  private ExampleFile() {}

  /**
   * Reads a file.
   *
   * @throws BadInputException if it is no such file, is empty, or has prompts of an evaluation set;
   *     the message names file and line
   */
  public static List<ChatExample> read(Path file) {
    EvaluationSets.known().requireOther("file", file);
    List<Prompt> prompts = new ArrayList<>();
    List<ChatExample> examples =
        read(file, (line, example) -> prompts.add(new Prompt(line, example.prompt(), "")));
    EvaluationSets.known().requireNone(file.toString(), prompts);
    return examples;
  }

  /**
   * The same of a file that was read before, and has not changed: its prompts are not compared with
   * those of evaluation sets again.
   */
  public static List<ChatExample> readAgain(Path file) {
    return read(file, (line, example) -> {});
  }

  private static List<ChatExample> read(Path file, BiConsumer<Integer, ChatExample> each) {
    List<ChatExample> examples =
        JsonLines.read(
            file,
            (where, line, object) -> {
              ChatExample example = example(where, object);
              each.accept(line, example);
              return example;
            });
    if (examples.isEmpty()) {
      throw new BadInputException(
          file + ": found no examples, expected messages in each line, an answer last");
    }
    return List.copyOf(examples);
  }

  private static ChatExample example(String where, JsonNode object) {
    if (!object.has("messages")) {
      throw new BadInputException(
          where
              + (object.isObject() ? ": found none" : ": found no object")
              + ", expected messages, of which the last is the assistant's");
    }
    List<ChatMessage> messages = JsonLines.messages(where, object.get("messages"));
    int last = messages.size() - 1;
    if (last < 1 || !messages.get(last).role().equals(ChatMessage.ASSISTANT)) {
      String found =
          messages.isEmpty()
              ? "none"
              : "%d, the last of role %s".formatted(messages.size(), messages.get(last).role());
      throw new BadInputException(
          where
              + ": messages: found "
              + found
              + ", expected at least two, of which the last is of role assistant");
    }
    if (messages.get(last).content().isBlank()) {
      throw new BadInputException(
          where + ": messages: found an empty answer, expected one to learn");
    }
    return new ChatExample(
        messages.subList(0, last), messages.get(last).content(), JsonLines.domain(where, object));
  }
}
