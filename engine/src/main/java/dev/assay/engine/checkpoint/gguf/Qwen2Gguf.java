package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Qwen 2 and 2.5: biases on queries, keys and values; rows as they are. */
final class Qwen2Gguf implements GgufArchitecture {
  private final DecoderKeys keys = new DecoderKeys("qwen2");

  @Override
  public String name() {
    return "qwen2";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    return List.of(
        same("token_embd", "model.embed_tokens"),
        same("output_norm", "model.norm"),
        same("output", "lm_head"),
        same("blk.{N}.attn_norm", "model.layers.{N}.input_layernorm"),
        same("blk.{N}.attn_q", "model.layers.{N}.self_attn.q_proj"),
        same("blk.{N}.attn_k", "model.layers.{N}.self_attn.k_proj"),
        same("blk.{N}.attn_v", "model.layers.{N}.self_attn.v_proj"),
        same("blk.{N}.attn_output", "model.layers.{N}.self_attn.o_proj"),
        same("blk.{N}.ffn_norm", "model.layers.{N}.post_attention_layernorm"),
        same("blk.{N}.ffn_gate", "model.layers.{N}.mlp.gate_proj"),
        same("blk.{N}.ffn_up", "model.layers.{N}.mlp.up_proj"),
        same("blk.{N}.ffn_down", "model.layers.{N}.mlp.down_proj"));
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "Qwen2ForCausalLM");
    keys.readScaling(file, config);
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode config) {
    requireNoWindow(new ModelConfig(config));
    Map<String, GgufValue> metadata = keys.metadataOfSilu(config);
    keys.writeScaling(config, metadata);
    return metadata;
  }

  /** A window that no layer has, as it is in published models, is none. */
  static void requireNoWindow(ModelConfig config) {
    JsonNode types = config.json().path("layer_types");
    boolean some =
        types.isEmpty()
            ? config.whole("max_window_layers", 28) < config.whole("num_hidden_layers")
            : LayerTypes.of(config).contains(LayerTypes.SLIDING);
    if (some
        && config.json().path("use_sliding_window").asBoolean(false)
        && config.whole("sliding_window", 0) > 0) {
      throw config.bad("use_sliding_window", ModelConfig.fixed(false));
    }
  }
}
