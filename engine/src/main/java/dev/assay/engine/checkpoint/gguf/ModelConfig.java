package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import java.math.BigInteger;
import java.util.List;

/** Reads Hugging Face's configuration of a model that is to be written as GGUF. */
record ModelConfig(JsonNode json) {
  private static final BigInteger GREATEST = BigInteger.valueOf(GgufFile.GREATEST_UINT32);

  private static final String KEY_VALUE_HEADS = "num_key_value_heads";

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

  /** A number of positions; what files cannot state is as good as the greatest that they can. */
  long positions(String key) {
    JsonNode node = json.path(key);
    if (!node.isIntegralNumber() || node.bigIntegerValue().signum() < 0) {
      throw bad(key, "a whole number");
    }
    return node.bigIntegerValue().min(GREATEST).longValue();
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
    String key = either("num_attention_heads", "n_head");
    int heads = whole(key);
    if (heads < 1) {
      throw bad(key, "at least 1");
    }
    return heads;
  }

  /** The first of two keys, unless only the other is there. */
  String either(String key, String other) {
    return has(key) || !has(other) ? key : other;
  }

  int keyValueHeads() {
    int heads = whole(KEY_VALUE_HEADS, heads());
    if (heads < 1) {
      throw bad(KEY_VALUE_HEADS, "at least 1");
    }
    return heads;
  }

  int headDimension() {
    return whole("head_dim", whole("hidden_size") / heads());
  }

  /**
   * The rotary embedding's settings, in whichever of the two styles; where layers have some of
   * their own, those of full attention.
   */
  ModelConfig rope() {
    JsonNode rope = json.path(has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    return new ModelConfig(rope.hasNonNull("full_attention") ? rope.get("full_attention") : rope);
  }

  /** The share of a head that turns. */
  double rotaryShare() {
    return rope().real("partial_rotary_factor", real("partial_rotary_factor", 1));
  }

  /**
   * Refuses what readers of an architecture take for granted and no key of a file can change.
   *
   * @param key of the configuration
   * @param otherwise its value where the configuration does not say
   * @param expected all names of the value that readers take
   */
  void requireOneOf(String key, String otherwise, List<String> expected) {
    if (!expected.contains(json.hasNonNull(key) ? json.get(key).asText() : otherwise)) {
      throw bad(key, fixed(expected.get(0)));
    }
  }

  /** The expectation of a value that no key of a file can change. */
  static String fixed(Object value) {
    return value + ", as GGUF has no key for it in this architecture";
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
