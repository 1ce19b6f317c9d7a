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
  public List<TensorMapping> modules() {
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
    ObjectNode config = keys.config(file, modelType(), "Qwen2ForCausalLM");
    keys.readScaling(file, config);
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode config) {
    Map<String, GgufValue> metadata = keys.metadata(config);
    keys.writeScaling(config, metadata);
    return metadata;
  }
}
