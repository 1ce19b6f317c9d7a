package dev.assay.engine.teacher.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A user's prompts in JSON Lines. Each line is an object with {@code prompt}, a text; or {@code
 * instruction} and perhaps {@code input}; or {@code messages}, a list of objects with {@code role}
 * and {@code content}. A {@code domain} goes on to the answer. Other keys are passed over, and so
 * are empty lines.
 */
public final class PromptFile {
  private static final String EXPECTED = "expected one of prompt, instruction and messages";

  private PromptFile() {}

  /**
   * Reads a file.
   *
   * @throws BadInputException if it is no such file, is empty, or has prompts of an evaluation set;
   *     the message names file and line
   */
  public static List<Prompt> read(Path file) {
    EvaluationSets.known().requireOther("file", file);
    List<Prompt> prompts = JsonLines.read(file, PromptFile::prompt);
    if (prompts.isEmpty()) {
      throw new BadInputException(file + ": found no prompts, " + EXPECTED + " in each line");
    }
    EvaluationSets.known().requireNone(file.toString(), prompts);
    return List.copyOf(prompts);
  }

  private static Prompt prompt(String where, int line, JsonNode object) {
    List<String> found =
        Stream.of("prompt", "instruction", "messages").filter(object::has).toList();
    if (!object.isObject() || found.size() != 1) {
      String what = object.isObject() ? String.join(" and ", found) : "no object";
      throw new BadInputException(
          where + ": found " + (what.isEmpty() ? "none" : what) + ", " + EXPECTED);
    }
    Prompt prompt =
        switch (found.get(0)) {
          case "prompt" -> Prompt.of(line, JsonLines.text(where, object, "prompt"));
          case "instruction" ->
              Prompt.of(
                  line,
                  JsonLines.text(where, object, "instruction"),
                  object.hasNonNull("input") ? JsonLines.text(where, object, "input") : "");
          default -> new Prompt(line, JsonLines.messages(where, object.get("messages")), "");
        };
    return prompt.in(JsonLines.domain(where, object));
  }
}
