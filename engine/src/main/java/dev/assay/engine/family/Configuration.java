package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Reads a {@code config.json}, saying the key, what was found and what was expected. */
record Configuration(JsonNode json) {
  int integer(String key) {
    JsonNode node = json.path(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new IllegalArgumentException(key + ": found " + found(node) + ", expected an integer");
    }
    return node.intValue();
  }

  int integer(String key, int otherwise) {
    return present(key) ? integer(key) : otherwise;
  }

  /**
   * A number of positions. Some configurations state more than anybody runs; what an int cannot
   * count is as good as its greatest value.
   */
  int positions(String key) {
    JsonNode node = json.path(key);
    boolean beyond = node.isIntegralNumber() && !node.canConvertToInt();
    return beyond && node.bigIntegerValue().signum() > 0 ? Integer.MAX_VALUE : integer(key);
  }

  int positions(String key, int otherwise) {
    return present(key) ? positions(key) : otherwise;
  }

  double number(String key) {
    JsonNode node = json.path(key);
    if (!node.isNumber()) {
      throw new IllegalArgumentException(key + ": found " + found(node) + ", expected a number");
    }
    return node.doubleValue();
  }

  double number(String key, double otherwise) {
    return present(key) ? number(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode node = json.path(key);
    if (!present(key)) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      throw new IllegalArgumentException(
          key + ": found " + found(node) + ", expected true or false");
    }
    return node.booleanValue();
  }

  String text(String key, String otherwise) {
    if (present(key) && json.path(key).isContainerNode()) {
      throw bad(key, "a text");
    }
    return present(key) ? json.path(key).asText() : otherwise;
  }

  /** Width of a head where the heads share the residual stream. */
  int headDimension(int hidden, int heads) {
    if (present(LayerShapes.HEAD)) {
      return integer(LayerShapes.HEAD);
    }
    if (hidden < 1 || heads < 1 || hidden % heads != 0) {
      throw new IllegalArgumentException(
          "number of heads: found %d, expected a divisor of the hidden size of %d"
              .formatted(heads, hidden));
    }
    return hidden / heads;
  }

  /** A multiple of a width, which stays one that can be counted. */
  static int times(int factor, int width) {
    return (int) Math.min(Integer.MAX_VALUE, (long) factor * width);
  }

  private IllegalArgumentException bad(String key, String expected) {
    return new IllegalArgumentException(
        key + ": found " + found(json.path(key)) + ", expected " + expected);
  }

  boolean present(String key) {
    return json.hasNonNull(key);
  }

  /** The first of several spellings of an integer that is there. */
  int either(String key, String other) {
    return present(key) || !present(other) ? integer(key) : integer(other);
  }

  List<Double> numbers(String key) {
    JsonNode node = json.path(key);
    if (!node.isArray()) {
      throw new IllegalArgumentException(key + ": found " + found(node) + ", expected numbers");
    }
    List<Double> numbers = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isNumber()) {
        throw new IllegalArgumentException(
            key + ": found " + found(element) + ", expected a number");
      }
      numbers.add(element.doubleValue());
    }
    return numbers;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    if (present(key) && !json.path(key).isArray()) {
      throw bad(key, "a list");
    }
    json.path(key).forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /** Refuses a value that this build does not run. */
  void require(String key, String expected, String otherwise) {
    String found = text(key, otherwise);
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(key + ": found '" + found + "', expected " + expected);
    }
  }

  /** The same with a key set. */
  Configuration with(String key, int value) {
    ObjectNode copy = json.deepCopy();
    copy.put(key, value);
    return new Configuration(copy);
  }

  /** The object under a key; an empty one where there is none. */
  Configuration child(String key) {
    if (present(key) && !json.path(key).isObject()) {
      throw bad(key, "an object");
    }
    return new Configuration(json.path(key));
  }

  private static String found(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
