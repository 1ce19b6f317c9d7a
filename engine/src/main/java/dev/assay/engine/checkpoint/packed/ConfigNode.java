package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;

/**
 * A JSON object of a configuration, read with errors that name the key.
 *
 * @param where file and keys above, as messages begin
 * @param json the object
 */
record ConfigNode(String where, JsonNode json) {
  /** A value, or a missing node. */
  JsonNode get(String key) {
    return json.path(key);
  }

  /** The object under a key. */
  ConfigNode child(String key) {
    if (!get(key).isObject()) {
      throw bad(key, "an object");
    }
    return new ConfigNode(where + key + ".", get(key));
  }

  /** Whether a key is left out or null. */
  boolean isAbsent(String key) {
    return get(key).isMissingNode() || get(key).isNull();
  }

  int integer(String key) {
    if (!get(key).isIntegralNumber() || !get(key).canConvertToInt()) {
      throw bad(key, "a whole number");
    }
    return get(key).intValue();
  }

  boolean flag(String key, boolean absent) {
    if (isAbsent(key)) {
      return absent;
    }
    if (!get(key).isBoolean()) {
      throw bad(key, "true or false");
    }
    return get(key).booleanValue();
  }

  String text(String key, String absent) {
    return get(key).asText(absent);
  }

  /** An error about the value of a key. */
  BadCheckpointException bad(String key, String expected) {
    JsonNode node = get(key);
    return bad(key, node.isMissingNode() ? "nothing" : node.toString(), expected);
  }

  BadCheckpointException bad(String key, String found, String expected) {
    return new BadCheckpointException(where + key + ": found " + found + ", expected " + expected);
  }
}
