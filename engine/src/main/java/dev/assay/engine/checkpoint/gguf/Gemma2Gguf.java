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

  /** All names of the activation that readers compute, by the hyperbolic tangent. */
  private static final List<String> GELU_TANH =
      List.of("gelu_pytorch_tanh", "gelu_new", "gelu_fast");

  private static final String HEAD = "head_dim";
  private static final String SCALED_BY = "query_pre_attn_scalar";
  private static final String WINDOW = "attention.sliding_window";
  private static final String ATTENTION_CAP = "attn_logit_softcapping";
  private static final String FINAL_CAP = "final_logit_softcapping";

  private final DecoderKeys keys = new DecoderKeys("gemma2");

  @Override
  public String name() {
    return "gemma2";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
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
    ObjectNode config = keys.config(file, name(), "Gemma2ForCausalLM");
    config.put("hidden_act", "gelu_pytorch_tanh");
    config.put("hidden_activation", "gelu_pytorch_tanh");
    config.put("sliding_window", keys.whole(file, WINDOW, 4096));
    config.put(ATTENTION_CAP, cap(file, ATTENTION_CAP, 50));
    config.put(FINAL_CAP, cap(file, FINAL_CAP, 30));
    keys.readScaling(file, config);
    // Files do not say it.
    config.put(
        SCALED_BY,
        scaledBy(
            config.get("num_hidden_layers").intValue(),
            config.get("hidden_size").intValue(),
            config.get("num_attention_heads").intValue(),
            config.get(HEAD).intValue()));
    return config;
  }

  private static double cap(GgufFile file, String key, double otherwise) {
    String full = "gemma2." + key;
    return file.has(full) ? file.real(full) : otherwise;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(withHeadDimension(json));
    requireFixed(config);
    Map<String, GgufValue> metadata = keys.metadata(config.json());
    // Readers take the head's size from these, never from the quotient.
    keys.put(metadata, "attention.key_length", config.headDimension());
    keys.put(metadata, "attention.value_length", config.headDimension());
    keys.put(metadata, WINDOW, window(config));
    metadata.put("gemma2." + ATTENTION_CAP, GgufValue.float32(cap(config, ATTENTION_CAP, 50)));
    metadata.put("gemma2." + FINAL_CAP, GgufValue.float32(cap(config, FINAL_CAP, 30)));
    keys.writeScaling(config.json(), metadata);
    return metadata;
  }

  private static JsonNode withHeadDimension(JsonNode json) {
    ObjectNode copy = json.deepCopy();
    return json.hasNonNull(HEAD) ? copy : copy.put(HEAD, 256);
  }

  private static void requireFixed(ModelConfig config) {
    String key = config.has("hidden_activation") ? "hidden_activation" : "hidden_act";
    config.requireOneOf(key, GELU_TANH.get(0), GELU_TANH);
    int layers = config.whole("num_hidden_layers");
    double scaled =
        scaledBy(layers, config.whole("hidden_size"), config.heads(), config.headDimension());
    if (config.real(SCALED_BY, 256) != scaled) {
      throw config.bad(SCALED_BY, ModelConfig.fixed((int) scaled));
    }
    List<String> types = LayerTypes.of(config);
    for (int layer = 0; layer < types.size(); layer++) {
      if (types.get(layer).equals(LayerTypes.SLIDING) != (layer % 2 == 0)) {
        throw config.bad(LayerTypes.KEY, ModelConfig.fixed("a window in every other layer"));
      }
    }
  }

  /** What queries are scaled by; llama.cpp tells the one exception by the number of layers. */
  private static int scaledBy(int layers, int hidden, int heads, int dimension) {
    return layers == LAYERS_OF_27B ? hidden / heads : dimension;
  }

  private static int window(ModelConfig config) {
    int window = config.whole("sliding_window", 4096);
    if (window < 1) {
      throw config.bad("sliding_window", "at least 1: GGUF's readers always have a window");
    }
    return window;
  }

  /** A null, which is for no cap, is not the same as a key that is absent. */
  private static double cap(ModelConfig config, String key, double otherwise) {
    double cap = config.json().has(key) ? config.real(key) : otherwise;
    if (!(cap > 0)) {
      throw config.bad(key, "a number above 0: GGUF's readers always cap");
    }
    return cap;
  }
}
