package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import java.util.List;
import java.util.Map;

/** Gemma 2: norms hold w in Hugging Face's checkpoints, 1 + w in files; capped logits. */
final class Gemma2Gguf implements GgufArchitecture {
  /**
   * Layers of the 27B model, the one whose queries are scaled otherwise than by the head's size.
   */
  private static final int LAYERS_OF_27B = 46;

  private static final String WINDOW = "attention.sliding_window";
  private static final String ATTENTION_CAP = "attn_logit_softcapping";
  private static final String FINAL_CAP = "final_logit_softcapping";

  private final DecoderKeys keys = new DecoderKeys("gemma2");

  @Override
  public String name() {
    return "gemma2";
  }

  @Override
  public List<TensorMapping> modules() {
    return List.of(
        same("token_embd", "model.embed_tokens"),
        norm("output_norm", "model.norm"),
        same("output", "lm_head"),
        norm("blk.{N}.attn_norm", "model.layers.{N}.input_layernorm"),
        same("blk.{N}.attn_q", "model.layers.{N}.self_attn.q_proj"),
        same("blk.{N}.attn_k", "model.layers.{N}.self_attn.k_proj"),
        same("blk.{N}.attn_v", "model.layers.{N}.self_attn.v_proj"),
        same("blk.{N}.attn_output", "model.layers.{N}.self_attn.o_proj"),
        norm("blk.{N}.post_attention_norm", "model.layers.{N}.post_attention_layernorm"),
        norm("blk.{N}.ffn_norm", "model.layers.{N}.pre_feedforward_layernorm"),
        same("blk.{N}.ffn_gate", "model.layers.{N}.mlp.gate_proj"),
        same("blk.{N}.ffn_up", "model.layers.{N}.mlp.up_proj"),
        same("blk.{N}.ffn_down", "model.layers.{N}.mlp.down_proj"),
        norm("blk.{N}.post_ffw_norm", "model.layers.{N}.post_feedforward_layernorm"));
  }

  private static TensorMapping norm(String gguf, String huggingFace) {
    return new TensorMapping(gguf, huggingFace, Rule.PLUS_ONE);
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, modelType(), "Gemma2ForCausalLM");
    config.put("hidden_act", "gelu_pytorch_tanh");
    config.put("hidden_activation", "gelu_pytorch_tanh");
    config.put("sliding_window", keys.whole(file, WINDOW, 4096));
    config.put(ATTENTION_CAP, cap(file, ATTENTION_CAP, 50));
    config.put(FINAL_CAP, cap(file, FINAL_CAP, 30));
    // Files do not say it; llama.cpp tells the one exception by the number of layers.
    boolean byWidth = config.get("num_hidden_layers").intValue() == LAYERS_OF_27B;
    int heads = config.get("num_attention_heads").intValue();
    config.put(
        "query_pre_attn_scalar",
        byWidth ? config.get("hidden_size").intValue() / heads : config.get("head_dim").intValue());
    return config;
  }

  private static double cap(GgufFile file, String key, double otherwise) {
    String full = "gemma2." + key;
    return file.has(full) ? file.real(full) : otherwise;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    Map<String, GgufValue> metadata = keys.metadata(json);
    // Readers take the head's size from these, never from the quotient.
    keys.put(metadata, "attention.key_length", config.whole("head_dim", 256));
    keys.put(metadata, "attention.value_length", config.whole("head_dim", 256));
    keys.put(metadata, WINDOW, config.whole("sliding_window", 4096));
    metadata.put("gemma2." + ATTENTION_CAP, GgufValue.float32(config.real(ATTENTION_CAP, 50)));
    metadata.put("gemma2." + FINAL_CAP, GgufValue.float32(config.real(FINAL_CAP, 30)));
    return metadata;
  }
}
