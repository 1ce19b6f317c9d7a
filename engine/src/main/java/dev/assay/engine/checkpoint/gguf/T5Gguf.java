package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** T5 and T5 v1.1: layers of the encoder and of the decoder under prefixes of their own. */
final class T5Gguf implements GgufArchitecture {
  private static final String PREFIX = "t5.";
  private static final String DECODER = "dec.";
  private static final String BUCKETS = "attention.relative_buckets_count";
  private static final String DECODER_LAYERS = "decoder_block_count";
  private static final String START = "decoder_start_token_id";
  private static final String FEED_FORWARD = "feed_forward_proj";

  /** What readers take for granted. */
  private static final int FARTHEST = 128;

  @Override
  public String name() {
    return "t5";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    List<TensorMapping> modules =
        new ArrayList<>(
            List.of(
                same("token_embd", "shared"),
                same("output", "lm_head"),
                same("enc.output_norm", "encoder.final_layer_norm"),
                same("dec.output_norm", "decoder.final_layer_norm")));
    boolean gated = isGated(config);
    String encoder = "encoder.block.{N}.layer.";
    attention(modules, "enc.blk.{N}.attn_", encoder + "0.SelfAttention.");
    modules.add(same("enc.blk.{N}.attn_norm", encoder + "0.layer_norm"));
    feedForward(modules, "enc.blk.{N}.ffn_", encoder + "1.", gated);
    String decoder = "decoder.block.{N}.layer.";
    attention(modules, "dec.blk.{N}.attn_", decoder + "0.SelfAttention.");
    modules.add(same("dec.blk.{N}.attn_norm", decoder + "0.layer_norm"));
    attention(modules, "dec.blk.{N}.cross_attn_", decoder + "1.EncDecAttention.");
    modules.add(same("dec.blk.{N}.cross_attn_norm", decoder + "1.layer_norm"));
    feedForward(modules, "dec.blk.{N}.ffn_", decoder + "2.", gated);
    return modules;
  }

  private static void attention(List<TensorMapping> modules, String gguf, String huggingFace) {
    for (String part : List.of("q", "k", "v", "o")) {
      modules.add(same(gguf + part, huggingFace + part));
    }
    modules.add(same(gguf + "rel_b", huggingFace + "relative_attention_bias"));
  }

  private static void feedForward(
      List<TensorMapping> modules, String gguf, String layer, boolean gated) {
    String dense = layer + "DenseReluDense.";
    modules.add(same(gguf + "norm", layer + "layer_norm"));
    if (gated) {
      modules.add(same(gguf + "gate", dense + "wi_0"));
    }
    modules.add(same(gguf + "up", dense + (gated ? "wi_1" : "wi")));
    modules.add(same(gguf + "down", dense + "wo"));
  }

  private static boolean isGated(JsonNode config) {
    return config.path(FEED_FORWARD).asText("relu").startsWith("gated-");
  }

  @Override
  public ObjectNode config(GgufFile file) {
    GgufTensor embedding = DecoderKeys.embedding(file);
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add("T5ForConditionalGeneration");
    config.put("model_type", name());
    config.put("is_encoder_decoder", true);
    config.put("vocab_size", embedding.shape()[0]);
    config.put("n_positions", file.count(PREFIX + "context_length"));
    config.put("d_model", file.whole(PREFIX + "embedding_length"));
    config.put("d_ff", file.whole(PREFIX + "feed_forward_length"));
    config.put("d_kv", file.whole(PREFIX + "attention.key_length"));
    config.put("num_heads", file.whole(PREFIX + "attention.head_count"));
    int layers = file.whole(PREFIX + "block_count");
    config.put("num_layers", layers);
    String decoder = PREFIX + DECODER_LAYERS;
    config.put("num_decoder_layers", file.has(decoder) ? file.whole(decoder) : layers);
    config.put("relative_attention_num_buckets", file.whole(PREFIX + BUCKETS));
    config.put("relative_attention_max_distance", FARTHEST);
    config.put("layer_norm_epsilon", file.real(PREFIX + "attention.layer_norm_rms_epsilon"));
    config.put(START, file.has(PREFIX + START) ? file.whole(PREFIX + START) : 0);
    boolean gated = file.tensor("enc.blk.0.ffn_gate.weight").isPresent();
    config.put(FEED_FORWARD, gated ? "gated-gelu" : "relu");
    config.put("tie_word_embeddings", file.tensor("output.weight").isEmpty());
    DecoderKeys.general(file, embedding, config);
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    config.requireOneOf(FEED_FORWARD, "relu", List.of("relu", "gated-gelu"));
    String farthest = "relative_attention_max_distance";
    if (config.whole(farthest, FARTHEST) != FARTHEST) {
      throw config.bad(farthest, ModelConfig.fixed(FARTHEST));
    }
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    long positions = config.has("n_positions") ? config.positions("n_positions") : 512;
    put(keys, "context_length", positions);
    put(keys, "embedding_length", config.whole("d_model"));
    put(keys, "feed_forward_length", config.whole("d_ff"));
    put(keys, "block_count", config.whole("num_layers"));
    put(keys, DECODER_LAYERS, decoderLayers(config));
    put(keys, "attention.head_count", config.whole("num_heads"));
    put(keys, "attention.key_length", config.whole("d_kv", 64));
    put(keys, "attention.value_length", config.whole("d_kv", 64));
    put(keys, BUCKETS, config.whole("relative_attention_num_buckets", 32));
    GgufValue epsilon = GgufValue.float32(config.real("layer_norm_epsilon", 1e-6));
    keys.put(PREFIX + "attention.layer_norm_epsilon", epsilon);
    keys.put(PREFIX + "attention.layer_norm_rms_epsilon", epsilon);
    put(keys, START, config.whole(START, 0));
    put(keys, "vocab_size", config.whole("vocab_size"));
    return keys;
  }

  private static void put(Map<String, GgufValue> keys, String key, long value) {
    keys.put(PREFIX + key, GgufValue.uint32(value));
  }

  private static int decoderLayers(ModelConfig config) {
    return config.whole("num_decoder_layers", config.whole("num_layers"));
  }

  @Override
  public int layers(JsonNode config, TensorMapping module) {
    ModelConfig model = new ModelConfig(config);
    return module.gguf().startsWith(DECODER) ? decoderLayers(model) : model.whole("num_layers");
  }

  @Override
  public int layers(JsonNode config) {
    return new ModelConfig(config).whole("num_layers");
  }

  @Override
  public List<String> notes(JsonNode config) {
    boolean untied =
        config.path("tie_word_embeddings").isBoolean()
            && !config.get("tie_word_embeddings").booleanValue();
    return untied
        ? List.of()
        : List.of(
            "llama.cpp does not scale what it multiplies by a tied embedding: its logits are greater"
                + " by the root of the width, in the same order");
  }
}
