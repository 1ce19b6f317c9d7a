package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keys that architectures with ordinary layer norms share, in both directions. */
record LayerNormKeys(String architecture) {
  private static final String CONTEXT = "context_length";
  private static final String WIDTH = "embedding_length";
  private static final String LAYERS = "block_count";
  private static final String INNER = "feed_forward_length";
  private static final String HEADS = "attention.head_count";
  private static final String EPSILON = "attention.layer_norm_epsilon";

  /**
   * What Hugging Face's configurations of a family call the same.
   *
   * @param epsilon the norms'
   */
  record Names(
      String context, String width, String layers, String inner, String heads, String epsilon) {}

  /** Hugging Face's configuration. */
  ObjectNode config(GgufFile file, String modelType, String className, Names names) {
    GgufTensor embedding = DecoderKeys.embedding(file);
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add(className);
    config.put("model_type", modelType);
    config.put("vocab_size", embedding.shape()[0]);
    config.put(names.context, file.count(full(CONTEXT)));
    config.put(names.width, file.whole(full(WIDTH)));
    config.put(names.layers, file.whole(full(LAYERS)));
    config.put(names.inner, file.whole(full(INNER)));
    config.put(names.heads, file.whole(full(HEADS)));
    config.put(names.epsilon, file.real(full(EPSILON)));
    config.put("tie_word_embeddings", file.tensor("output.weight").isEmpty());
    DecoderKeys.general(file, embedding, config);
    return config;
  }

  /**
   * A file's keys, in their usual order.
   *
   * @param context positions, where the configuration does not say
   * @param inner width of the feed-forward part, where it does not say
   */
  Map<String, GgufValue> metadata(ModelConfig config, Names names, long context, int inner) {
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    put(keys, CONTEXT, config.has(names.context) ? config.positions(names.context) : context);
    put(keys, WIDTH, config.whole(names.width));
    put(keys, LAYERS, config.whole(names.layers));
    put(keys, INNER, config.whole(names.inner, inner));
    put(keys, HEADS, config.heads());
    keys.put(full(EPSILON), GgufValue.float32(config.real(names.epsilon, 1e-5)));
    put(keys, "vocab_size", config.whole("vocab_size"));
    return keys;
  }

  void put(Map<String, GgufValue> keys, String key, long value) {
    keys.put(full(key), GgufValue.uint32(value));
  }

  String full(String key) {
    return architecture + "." + key;
  }

  /** A key's value, or another where it is absent. */
  double real(GgufFile file, String key, double otherwise) {
    return file.has(full(key)) ? file.real(full(key)) : otherwise;
  }

  /** Refuses scaled rotary positions, which these architectures do not have. */
  static void requirePlainRope(ModelConfig config) {
    if (!config.ropeType().equals("default")) {
      throw config.bad("rope_scaling", ModelConfig.fixed("none"));
    }
  }
}
