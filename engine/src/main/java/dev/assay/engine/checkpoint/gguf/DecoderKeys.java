package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The keys that decoders with rotary positions and RMS norms share, in both directions. */
final class DecoderKeys {
  /** The names of the activation of most decoders. */
  private static final List<String> SILU = List.of("silu", "swish");

  private static final Pattern BIAS =
      Pattern.compile("blk\\.(?<layer>\\d{1,6})\\.(?<module>.+)\\.bias");

  private final String prefix;

  /**
   * @param architecture prefix of the keys in files
   */
  DecoderKeys(String architecture) {
    this.prefix = architecture + ".";
  }

  /** Hugging Face's configuration, without {@code rope_scaling}. */
  ObjectNode config(GgufFile file, String modelType, String className) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add(className);
    config.put("model_type", modelType);
    GgufTensor embedding = embedding(file);
    config.put("vocab_size", embedding.shape()[0]);
    int hidden = file.whole(prefix + "embedding_length");
    int heads = positive(file, "attention.head_count");
    config.put("hidden_size", hidden);
    config.put("intermediate_size", file.whole(prefix + "feed_forward_length"));
    config.put("num_hidden_layers", file.whole(prefix + "block_count"));
    config.put("num_attention_heads", heads);
    String keyValueHeads = "attention.head_count_kv";
    config.put(
        "num_key_value_heads",
        file.has(prefix + keyValueHeads) ? positive(file, keyValueHeads) : heads);
    int dimension = whole(file, "attention.key_length", hidden / heads);
    config.put("head_dim", dimension);
    int rotary = whole(file, "rope.dimension_count", dimension);
    if (rotary != dimension) {
      config.put("partial_rotary_factor", (double) rotary / dimension);
    }
    config.put("max_position_embeddings", file.count(prefix + "context_length"));
    config.put("rms_norm_eps", file.real(prefix + "attention.layer_norm_rms_epsilon"));
    config.put(
        "rope_theta",
        file.has(prefix + "rope.freq_base") ? file.real(prefix + "rope.freq_base") : 10_000.0);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", file.tensor("output.weight").isEmpty());
    biases(file, config);
    general(file, embedding, config);
    return config;
  }

  /** No key says which linears have biases; the tensors do. */
  private void biases(GgufFile file, ObjectNode config) {
    boolean input = hasBias(file, "attn_q", "attn_k", "attn_v", "attn_qkv");
    boolean output = hasBias(file, "attn_output");
    if (input || output) {
      config.put("attention_bias", input);
      config.put("attention_output_bias", output);
    }
    if (hasBias(file, "ffn_gate", "ffn_up", "ffn_down")) {
      config.put("mlp_bias", true);
    }
  }

  private boolean hasBias(GgufFile file, String... modules) {
    int layers = file.whole(prefix + "block_count");
    return file.tensors().stream()
        .map(tensor -> BIAS.matcher(tensor.name()))
        .filter(Matcher::matches)
        .filter(name -> Integer.parseInt(name.group("layer")) < layers)
        .anyMatch(name -> List.of(modules).contains(name.group("module")));
  }

  /** What every architecture has: the model's name, element type and special tokens. */
  static void general(GgufFile file, GgufTensor embedding, ObjectNode config) {
    if (file.has("general.name")) {
      config.put("_name_or_path", file.text("general.name"));
    }
    for (String token : new String[] {"bos", "eos"}) {
      String key = "tokenizer.ggml." + token + "_token_id";
      if (file.has(key)) {
        config.put(token + "_token_id", file.whole(key));
      }
    }
    config.put("torch_dtype", embedding.type().loaded().label());
  }

  static GgufTensor embedding(GgufFile file) {
    GgufTensor embedding =
        file.tensor("token_embd.weight")
            .orElseThrow(
                () ->
                    new BadInputException(file.file() + ": tensor 'token_embd.weight' is missing"));
    if (embedding.shape().length != 2) {
      throw new BadInputException(
          file.file()
              + ": tensor 'token_embd.weight': found "
              + embedding.shape().length
              + " dimensions, expected 2");
    }
    return embedding;
  }

  private int positive(GgufFile file, String key) {
    int value = file.whole(prefix + key);
    if (value < 1) {
      throw new BadInputException(
          file.file() + ": key " + prefix + key + ": found 0, expected at least 1");
    }
    return value;
  }

  int whole(GgufFile file, String key, int otherwise) {
    return file.has(prefix + key) ? file.whole(prefix + key) : otherwise;
  }

  /** {@code rope_scaling} from {@code rope.scaling.*}, where there is any. */
  void readScaling(GgufFile file, ObjectNode config) {
    String key = prefix + "rope.scaling.type";
    String type = file.has(key) ? file.text(key) : "none";
    switch (type) {
      case "none" -> {}
      case "linear" ->
          config
              .putObject("rope_scaling")
              .put("rope_type", "linear")
              .put("factor", file.real(prefix + "rope.scaling.factor"));
      case "yarn" -> {
        ObjectNode scaling =
            config
                .putObject("rope_scaling")
                .put("rope_type", "yarn")
                .put("factor", file.real(prefix + "rope.scaling.factor"));
        String original = prefix + "rope.scaling.original_context_length";
        if (file.has(original)) {
          scaling.put("original_max_position_embeddings", file.whole(original));
        }
      }
      default ->
          throw new BadInputException(
              file.file()
                  + ": key "
                  + key
                  + ": found '"
                  + type
                  + "', expected none, linear or yarn");
    }
  }

  /** The keys of a file, in their usual order. */
  Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    put(keys, "context_length", config.positions("max_position_embeddings"));
    put(keys, "embedding_length", config.whole("hidden_size"));
    put(keys, "block_count", config.whole("num_hidden_layers"));
    put(keys, "feed_forward_length", config.whole("intermediate_size"));
    put(keys, "attention.head_count", config.heads());
    put(keys, "attention.head_count_kv", config.keyValueHeads());
    int dimension = config.headDimension();
    if ((long) dimension * config.heads() != config.whole("hidden_size")) {
      put(keys, "attention.key_length", dimension);
      put(keys, "attention.value_length", dimension);
    }
    put(keys, "rope.dimension_count", (int) (dimension * config.rotaryShare()));
    keys.put(prefix + "rope.freq_base", GgufValue.float32(config.ropeTheta()));
    keys.put(
        prefix + "attention.layer_norm_rms_epsilon",
        GgufValue.float32(config.real("rms_norm_eps", 1e-6)));
    put(keys, "vocab_size", config.whole("vocab_size"));
    return keys;
  }

  /** The same of an architecture whose activation is SiLU always. */
  Map<String, GgufValue> metadataOfSilu(JsonNode json) {
    new ModelConfig(json).requireOneOf("hidden_act", "silu", SILU);
    return metadata(json);
  }

  /** {@code rope.scaling.*}; types that tensors of a file express are left to the architecture. */
  void writeScaling(JsonNode json, Map<String, GgufValue> keys, String... elsewhere) {
    ModelConfig config = new ModelConfig(json);
    String type = config.ropeType();
    if (type.equals("default") || List.of(elsewhere).contains(type)) {
      return;
    }
    if (!type.equals("linear") && !type.equals("yarn")) {
      throw new BadInputException(
          "config.json: key rope_scaling.rope_type: found '"
              + type
              + "', expected one that GGUF can express for this architecture");
    }
    keys.put(prefix + "rope.scaling.type", new GgufValue.Text(type));
    keys.put(prefix + "rope.scaling.factor", GgufValue.float32(config.rope().real("factor")));
    if (config.rope().has("original_max_position_embeddings")) {
      put(
          keys,
          "rope.scaling.original_context_length",
          config.rope().whole("original_max_position_embeddings"));
    }
  }

  void put(Map<String, GgufValue> keys, String key, long value) {
    keys.put(prefix + key, GgufValue.uint32(value));
  }
}
