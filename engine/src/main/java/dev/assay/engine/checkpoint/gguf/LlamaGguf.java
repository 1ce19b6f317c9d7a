package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** LLaMA 1 to 3: query and key rows are interleaved for the other form of rotary embedding. */
final class LlamaGguf implements GgufArchitecture {
  static final String DIVISORS = "rope_freqs.weight";

  private final DecoderKeys keys = new DecoderKeys("llama");

  @Override
  public String name() {
    return "llama";
  }

  @Override
  public List<TensorMapping> modules() {
    return List.of(
        same("token_embd", "model.embed_tokens"),
        same("output_norm", "model.norm"),
        same("output", "lm_head"),
        same("blk.{N}.attn_norm", "model.layers.{N}.input_layernorm"),
        new TensorMapping("blk.{N}.attn_q", "model.layers.{N}.self_attn.q_proj", Rule.QUERY_HEADS),
        new TensorMapping("blk.{N}.attn_k", "model.layers.{N}.self_attn.k_proj", Rule.KEY_HEADS),
        same("blk.{N}.attn_v", "model.layers.{N}.self_attn.v_proj"),
        same("blk.{N}.attn_output", "model.layers.{N}.self_attn.o_proj"),
        same("blk.{N}.ffn_norm", "model.layers.{N}.post_attention_layernorm"),
        same("blk.{N}.ffn_gate", "model.layers.{N}.mlp.gate_proj"),
        same("blk.{N}.ffn_up", "model.layers.{N}.mlp.up_proj"),
        same("blk.{N}.ffn_down", "model.layers.{N}.mlp.down_proj"));
  }

  @Override
  public Set<String> constants() {
    return Set.of(DIVISORS);
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, modelType(), "LlamaForCausalLM");
    keys.readScaling(file, config);
    file.tensor(DIVISORS)
        .ifPresent(
            tensor ->
                config.set(
                    "rope_scaling",
                    RopeDivisors.scaling(
                        file.floats(tensor),
                        config.get("rope_theta").doubleValue(),
                        config.get("max_position_embeddings").intValue())));
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode config) {
    Map<String, GgufValue> metadata = keys.metadata(config);
    keys.writeScaling(config, metadata, "llama3");
    return metadata;
  }

  @Override
  public SortedMap<String, float[]> constants(JsonNode config) {
    SortedMap<String, float[]> constants = new TreeMap<>();
    ModelConfig model = new ModelConfig(config);
    if (model.ropeType().equals("llama3")) {
      constants.put(DIVISORS, RopeDivisors.of(config, model.headDimension()));
    }
    return constants;
  }
}
