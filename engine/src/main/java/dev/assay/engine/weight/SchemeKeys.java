package dev.assay.engine.weight;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the keys of an object that must have these and no others, saying which is at fault. */
public final class SchemeKeys {
  /** A key at the beginning of a message, with what stands below it or is said of it. */
  private static final Pattern KEY = Pattern.compile("\\w+(\\[\\d+])?[.:]");

  private final JsonNode json;
  private final Set<String> read = new HashSet<>();

  public SchemeKeys(JsonNode json) {
    this.json = json;
  }

  /** What stands under a key. */
  public JsonNode node(String key) {
    read.add(key);
    return json.path(key);
  }

  /** Whether there is a key. */
  public boolean has(String key) {
    return json.has(key);
  }

  /**
   * What stands under a key, read.
   *
   * @throws IllegalArgumentException if the reader throws it; the message then begins with the key
   */
  public <T> T read(String key, Function<JsonNode, T> reader) {
    try {
      return reader.apply(node(key));
    } catch (IllegalArgumentException e) {
      throw within(key, e);
    }
  }

  /** An error of something at a place, whose message may begin with a key below it. */
  public static IllegalArgumentException within(String place, IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage());
    String separator = KEY.matcher(message).lookingAt() ? "." : ": ";
    return new IllegalArgumentException(place + separator + message, e);
  }

  /** A whole number. */
  public int integer(String key) {
    JsonNode node = node(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw bad(key, "a whole number");
    }
    return node.intValue();
  }

  /** A number. */
  public double number(String key) {
    if (!node(key).isNumber()) {
      throw bad(key, "a number");
    }
    return node(key).doubleValue();
  }

  /** True or false. */
  public boolean flag(String key) {
    if (!node(key).isBoolean()) {
      throw bad(key, "true or false");
    }
    return node(key).booleanValue();
  }

  /** A text. */
  public String text(String key) {
    if (!node(key).isTextual()) {
      throw bad(key, "a text");
    }
    return node(key).asText();
  }

  /** A list of whole numbers. */
  public List<Integer> integers(String key) {
    if (!node(key).isArray()) {
      throw bad(key, "a list of whole numbers");
    }
    List<Integer> integers = new ArrayList<>();
    for (JsonNode element : node(key)) {
      if (!element.isInt()) {
        throw bad(key, "a list of whole numbers");
      }
      integers.add(element.intValue());
    }
    return integers;
  }

  /** A list of texts. */
  public List<String> texts(String key) {
    if (!node(key).isArray()) {
      throw bad(key, "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    node(key).forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /**
   * Makes sure that every key has been asked for.
   *
   * @throws IllegalArgumentException if there is another
   */
  public void requireNoOthers() {
    for (var field : json.properties()) {
      if (!read.contains(field.getKey())) {
        throw new IllegalArgumentException(
            "unknown key '"
                + field.getKey()
                + "', expected some of "
                + read.stream().sorted().toList());
      }
    }
  }

  private IllegalArgumentException bad(String key, String expected) {
    JsonNode node = json.path(key);
    return new IllegalArgumentException(
        key
            + ": found "
            + (node.isMissingNode() ? "nothing" : node.toString())
            + ", expected "
            + expected);
  }
}
