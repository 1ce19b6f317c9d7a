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
import org.jspecify.annotations.Nullable;

/** Files with an object of JSON in each line; empty lines are passed over. */
final class JsonLines {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonLines() {}

  /** Makes something of a line. */
  @FunctionalInterface
  interface LineReader<T> {
    /**
     * Reads a line.
     *
     * @param where file and line, for messages
     * @param line from 1
     * @param value what stands there, which may be no object
     */
    T read(String where, int line, JsonNode value);
  }

  /**
   * Reads all lines.
   *
   * @throws BadInputException if the file cannot be read, or a line is not as it should be; the
   *     message names file and line
   */
  static <T> List<T> read(Path file, LineReader<T> reader) {
    List<T> read = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        String line = i == 0 ? lines.get(i).replaceFirst("^\ufeff", "") : lines.get(i);
        if (!line.isBlank()) {
          read.add(one(file + ": line " + (i + 1), i + 1, line, reader));
        }
      }
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
    return read;
  }

  private static <T> T one(String where, int line, String text, LineReader<T> reader) {
    try {
      return reader.read(where, line, MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      throw new BadInputException(
          where + ": not valid JSON: " + JsonFault.what(e.getOriginalMessage()), e);
    } catch (InvalidValueException e) {
      throw new BadInputException(where + ": " + e.getMessage(), e);
    }
  }

  /** A conversation, a list of objects with {@code role} and {@code content}. */
  static List<ChatMessage> messages(String where, JsonNode list) {
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

  /** The {@code domain} of an object; null where it has none. */
  static @Nullable String domain(String where, JsonNode object) {
    if (!object.hasNonNull("domain")) {
      return null;
    }
    String domain = text(where, object, "domain");
    if (domain.isBlank()) {
      throw new BadInputException(
          where + ": domain: found '" + domain + "', expected a name, or none at all");
    }
    return domain;
  }

  /** A text of an object. */
  static String text(String where, JsonNode object, String key) {
    JsonNode value = object.path(key);
    if (!value.isTextual()) {
      String found = value.isMissingNode() ? "nothing" : value.getNodeType().name();
      throw new BadInputException(
          where + ": " + key + ": found " + found.toLowerCase(Locale.ROOT) + ", expected a text");
    }
    return value.textValue();
  }
}
