package dev.assay.engine.teacher.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.JsonFault;
import dev.assay.engine.teacher.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A user's prompts in JSON Lines. Each line is an object with {@code prompt}, a text; or {@code
 * instruction} and perhaps {@code input}; or {@code messages}, a list of objects with {@code role}
 * and {@code content}. Other keys are passed over, and so are empty lines.
 */
public final class PromptFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final String EXPECTED = "expected one of prompt, instruction and messages";

  private PromptFile() {}

  /**
   * Reads a file.
   *
   * @throws BadInputException if it is no such file, is empty, or has prompts of an evaluation set;
   *     the message names file and line
   */
  public static List<Prompt> read(Path file) {
    List<Prompt> prompts = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        String line = i == 0 ? lines.get(i).replaceFirst("^\ufeff", "") : lines.get(i);
        if (!line.isBlank()) {
          prompts.add(prompt(file + ": line " + (i + 1), i + 1, line));
        }
      }
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
    if (prompts.isEmpty()) {
      throw new BadInputException(file + ": found no prompts, " + EXPECTED + " in each line");
    }
    EvaluationSets.known().requireNone(file.toString(), prompts);
    return List.copyOf(prompts);
  }

  private static Prompt prompt(String where, int line, String text) {
    try {
      JsonNode object = MAPPER.readTree(text);
      List<String> found =
          Stream.of("prompt", "instruction", "messages").filter(object::has).toList();
      if (!object.isObject() || found.size() != 1) {
        String what = object.isObject() ? String.join(" and ", found) : "no object";
        throw new BadInputException(
            where + ": found " + (what.isEmpty() ? "none" : what) + ", " + EXPECTED);
      }
      return switch (found.get(0)) {
        case "prompt" -> Prompt.of(line, text(where, object, "prompt"));
        case "instruction" ->
            Prompt.of(
                line,
                text(where, object, "instruction"),
                object.hasNonNull("input") ? text(where, object, "input") : "");
        default -> new Prompt(line, messages(where, object.get("messages")), "");
      };
    } catch (JsonProcessingException e) {
      throw new BadInputException(where + ": not valid JSON: " + fault(e), e);
    } catch (InvalidValueException e) {
      throw new BadInputException(where + ": " + e.getMessage(), e);
    }
  }

  private static String fault(JsonProcessingException e) {
    return JsonFault.what(e.getOriginalMessage());
  }

  private static List<ChatMessage> messages(String where, JsonNode list) {
    List<ChatMessage> messages = new ArrayList<>();
    if (!list.isArray()) {
      throw new BadInputException(where + ": messages: found no list, expected one");
    }
    for (JsonNode message : list) {
      String at = where + ": messages";
      messages.add(new ChatMessage(text(at, message, "role"), text(at, message, "content")));
    }
    return messages;
  }

  private static String text(String where, JsonNode object, String key) {
    JsonNode value = object.path(key);
    if (!value.isTextual()) {
      String found = value.isMissingNode() ? "nothing" : value.getNodeType().name();
      throw new BadInputException(
          where + ": " + key + ": found " + found.toLowerCase(Locale.ROOT) + ", expected a text");
    }
    return value.textValue();
  }
}
