package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;

/** Reads Hugging Face's configuration of a model that is to be written as GGUF. */
record ModelConfig(JsonNode json) {
  int whole(String key) {
    JsonNode node = json.path(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw bad(key, "a whole number");
    }
    return node.intValue();
  }

  int whole(String key, int otherwise) {
    return json.hasNonNull(key) ? whole(key) : otherwise;
  }

  double real(String key) {
    if (!json.path(key).isNumber()) {
      throw bad(key, "a number");
    }
    return json.path(key).doubleValue();
  }

  double real(String key, double otherwise) {
    return json.hasNonNull(key) ? real(key) : otherwise;
  }

  boolean has(String key) {
    return json.hasNonNull(key);
  }

  int heads() {
    int heads = whole("num_attention_heads");
    if (heads < 1) {
      throw bad("num_attention_heads", "at least 1");
    }
    return heads;
  }

  int keyValueHeads() {
    int heads = whole("num_key_value_heads", heads());
    if (heads < 1) {
      throw bad("num_key_value_heads", "at least 1");
    }
    return heads;
  }

  int headDimension() {
    return whole("head_dim", whole("hidden_size") / heads());
  }

  /** The rotary embedding's settings, in whichever of the two styles. */
  ModelConfig rope() {
    return new ModelConfig(json.path(has("rope_parameters") ? "rope_parameters" : "rope_scaling"));
  }

  /** {@code default}, {@code linear}, {@code llama3} … */
  String ropeType() {
    JsonNode rope = rope().json();
    return rope.path("rope_type").asText(rope.path("type").asText("default"));
  }

  double ropeTheta() {
    return rope().real("rope_theta", real("rope_theta", 10_000));
  }

  BadInputException bad(String key, String expected) {
    return new BadInputException(
        "config.json: key "
            + key
            + ": found "
            + (json.path(key).isMissingNode() ? "nothing" : json.path(key))
            + ", expected "
            + expected);
  }
}
