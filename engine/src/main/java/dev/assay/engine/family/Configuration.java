package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;

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
    return present(key) ? json.path(key).asText() : otherwise;
  }

  boolean present(String key) {
    return json.hasNonNull(key);
  }

  Configuration child(String key) {
    return new Configuration(json.path(key));
  }

  private static String found(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
