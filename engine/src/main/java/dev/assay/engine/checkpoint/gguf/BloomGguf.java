package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import java.util.List;
import java.util.Map;

/** BLOOM: queries, keys and values are fused head by head, in files one kind after the other. */
final class BloomGguf implements GgufArchitecture {
  private static final LayerNormKeys.Names NAMES =
      new LayerNormKeys.Names(
          "seq_length",
          "hidden_size",
          "n_layer",
          "intermediate_size",
          "n_head",
          "layer_norm_epsilon");

  private final LayerNormKeys keys = new LayerNormKeys("bloom");

  @Override
  public String name() {
    return "bloom";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    return List.of(
        same("token_embd", "transformer.word_embeddings"),
        same("token_embd_norm", "transformer.word_embeddings_layernorm"),
        same("output_norm", "transformer.ln_f"),
        same("output", "lm_head"),
        same("blk.{N}.attn_norm", "transformer.h.{N}.input_layernorm"),
        new TensorMapping(
            "blk.{N}.attn_qkv", "transformer.h.{N}.self_attention.query_key_value", Rule.EACH_HEAD),
        same("blk.{N}.attn_output", "transformer.h.{N}.self_attention.dense"),
        same("blk.{N}.ffn_norm", "transformer.h.{N}.post_attention_layernorm"),
        same("blk.{N}.ffn_up", "transformer.h.{N}.mlp.dense_h_to_4h"),
        same("blk.{N}.ffn_down", "transformer.h.{N}.mlp.dense_4h_to_h"));
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "BloomForCausalLM", NAMES);
    config.put("apply_residual_connection_post_layernorm", false);
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(known(json));
    Map<String, GgufValue> metadata =
        keys.metadata(config, NAMES, 2048, 4 * config.whole("hidden_size"));
    keys.put(metadata, "attention.head_count_kv", config.heads());
    return metadata;
  }

  /** The configuration under the names of today; published ones have {@code n_embed}. */
  private static ObjectNode known(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    ObjectNode copy = json.deepCopy();
    copy.set("hidden_size", json.get(config.either("hidden_size", "n_embed")));
    copy.set("n_layer", json.get(config.either("n_layer", "num_hidden_layers")));
    return copy;
  }

  @Override
  public int layers(JsonNode config) {
    return new ModelConfig(known(config)).whole("n_layer");
  }
}
