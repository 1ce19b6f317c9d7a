package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import java.util.List;
import java.util.Map;

/** GPT-NeoX and Pythia: fused by heads as BLOOM is; heads turn in part. */
final class GptNeoXGguf implements GgufArchitecture {
  private static final String ROTARY = "rope.dimension_count";
  private static final String BASE = "rope.freq_base";
  private static final String PARALLEL = "use_parallel_residual";
  private static final LayerNormKeys.Names NAMES =
      new LayerNormKeys.Names(
          "max_position_embeddings",
          "hidden_size",
          "num_hidden_layers",
          "intermediate_size",
          "num_attention_heads",
          "layer_norm_eps");

  private final LayerNormKeys keys = new LayerNormKeys("gptneox");

  @Override
  public String name() {
    return "gptneox";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gpt_neox");
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    return List.of(
        same("token_embd", "gpt_neox.embed_in"),
        same("output_norm", "gpt_neox.final_layer_norm"),
        same("output", "embed_out"),
        same("blk.{N}.attn_norm", "gpt_neox.layers.{N}.input_layernorm"),
        new TensorMapping(
            "blk.{N}.attn_qkv", "gpt_neox.layers.{N}.attention.query_key_value", Rule.EACH_HEAD),
        same("blk.{N}.attn_output", "gpt_neox.layers.{N}.attention.dense"),
        same("blk.{N}.ffn_norm", "gpt_neox.layers.{N}.post_attention_layernorm"),
        same("blk.{N}.ffn_up", "gpt_neox.layers.{N}.mlp.dense_h_to_4h"),
        same("blk.{N}.ffn_down", "gpt_neox.layers.{N}.mlp.dense_4h_to_h"));
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, "gpt_neox", "GPTNeoXForCausalLM", NAMES);
    int dimension =
        config.get("hidden_size").intValue() / Math.max(1, config.get(NAMES.heads()).intValue());
    config.put("rotary_pct", (double) file.whole(keys.full(ROTARY)) / Math.max(1, dimension));
    config.put("rotary_emb_base", keys.real(file, BASE, 10_000));
    config.put(PARALLEL, file.flag(keys.full(PARALLEL), true));
    config.put("attention_bias", file.tensor("blk.0.attn_qkv.bias").isPresent());
    config.put("hidden_act", "gelu");
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    config.requireOneOf("hidden_act", "gelu", List.of("gelu"));
    LayerNormKeys.requirePlainRope(config);
    Map<String, GgufValue> metadata = keys.metadata(config, NAMES, 2048, 0);
    double share = config.rope().real("partial_rotary_factor", config.real("rotary_pct", 0.25));
    keys.put(metadata, ROTARY, (int) (config.headDimension() * share));
    double base = config.rope().real("rope_theta", config.real("rotary_emb_base", 10_000));
    metadata.put(keys.full(BASE), GgufValue.float32(base));
    boolean parallel = !json.has(PARALLEL) || json.get(PARALLEL).asBoolean();
    metadata.put(keys.full(PARALLEL), new GgufValue.Flag(parallel));
    return metadata;
  }
}
