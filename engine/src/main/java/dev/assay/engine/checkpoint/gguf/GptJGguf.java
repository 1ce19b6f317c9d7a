package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * GPT-J, whose keys and names the format's description has; llama.cpp knows the name and has no
 * code that runs it. Rows stay as they are: neighbours turn together in both.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The format</a>
 */
final class GptJGguf implements GgufArchitecture {
  private static final String ROTARY = "rope.dimension_count";
  private static final List<String> GELU_TANH =
      List.of("gelu_new", "gelu_pytorch_tanh", "gelu_fast");
  private static final LayerNormKeys.Names NAMES =
      new LayerNormKeys.Names(
          "n_positions", "n_embd", "n_layer", "n_inner", "n_head", "layer_norm_epsilon");

  private final LayerNormKeys keys = new LayerNormKeys("gptj");

  @Override
  public String name() {
    return "gptj";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    return List.of(
        same("token_embd", "transformer.wte"),
        same("output_norm", "transformer.ln_f"),
        same("output", "lm_head"),
        same("blk.{N}.attn_norm", "transformer.h.{N}.ln_1"),
        same("blk.{N}.attn_q", "transformer.h.{N}.attn.q_proj"),
        same("blk.{N}.attn_k", "transformer.h.{N}.attn.k_proj"),
        same("blk.{N}.attn_v", "transformer.h.{N}.attn.v_proj"),
        same("blk.{N}.attn_output", "transformer.h.{N}.attn.out_proj"),
        same("blk.{N}.ffn_up", "transformer.h.{N}.mlp.fc_in"),
        same("blk.{N}.ffn_down", "transformer.h.{N}.mlp.fc_out"));
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "GPTJForCausalLM", NAMES);
    config.put("rotary_dim", file.whole(keys.full(ROTARY)));
    config.put("activation_function", "gelu_new");
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    config.requireOneOf("activation_function", "gelu_new", GELU_TANH);
    Map<String, GgufValue> metadata =
        keys.metadata(config, NAMES, 2048, 4 * config.whole("n_embd"));
    keys.put(metadata, ROTARY, config.whole("rotary_dim", 64));
    return metadata;
  }

  @Override
  public List<String> notes(JsonNode config) {
    return List.of("the file is as the format describes GPT-J, which llama.cpp does not run");
  }

  @Override
  public int layers(JsonNode config) {
    return new ModelConfig(config).whole("n_layer");
  }
}
