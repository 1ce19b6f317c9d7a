package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** GPT-2: Hugging Face keeps its linears as [in, out], files as [out, in]. */
final class Gpt2Gguf implements GgufArchitecture {
  private static final String PREFIX = "gpt2.";

  /** All names of the activation that readers compute, by the hyperbolic tangent. */
  private static final List<String> GELU_TANH =
      List.of("gelu_new", "gelu_pytorch_tanh", "gelu_fast");

  @Override
  public String name() {
    return "gpt2";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    return List.of(
        same("token_embd", "transformer.wte"),
        same("position_embd", "transformer.wpe"),
        same("output_norm", "transformer.ln_f"),
        same("output", "lm_head"),
        same("blk.{N}.attn_norm", "transformer.h.{N}.ln_1"),
        transposed("blk.{N}.attn_qkv", "transformer.h.{N}.attn.c_attn"),
        transposed("blk.{N}.attn_output", "transformer.h.{N}.attn.c_proj"),
        same("blk.{N}.ffn_norm", "transformer.h.{N}.ln_2"),
        transposed("blk.{N}.ffn_up", "transformer.h.{N}.mlp.c_fc"),
        transposed("blk.{N}.ffn_down", "transformer.h.{N}.mlp.c_proj"));
  }

  private static TensorMapping transposed(String gguf, String huggingFace) {
    return new TensorMapping(gguf, huggingFace, Rule.TRANSPOSED);
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    GgufTensor embedding = DecoderKeys.embedding(file);
    config.putArray("architectures").add("GPT2LMHeadModel");
    config.put("model_type", name());
    config.put("vocab_size", embedding.shape()[0]);
    config.put("n_positions", file.count(PREFIX + "context_length"));
    config.put("n_ctx", file.count(PREFIX + "context_length"));
    config.put("n_embd", file.whole(PREFIX + "embedding_length"));
    config.put("n_inner", file.whole(PREFIX + "feed_forward_length"));
    config.put("n_layer", file.whole(PREFIX + "block_count"));
    config.put("n_head", file.whole(PREFIX + "attention.head_count"));
    config.put("layer_norm_epsilon", file.real(PREFIX + "attention.layer_norm_epsilon"));
    config.put("activation_function", "gelu_new");
    config.put("tie_word_embeddings", file.tensor("output.weight").isEmpty());
    DecoderKeys.general(file, embedding, config);
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    config.requireOneOf("activation_function", "gelu_new", GELU_TANH);
    String context = either(config, "n_positions", "max_position_embeddings");
    keys.put(PREFIX + "context_length", GgufValue.uint32(config.positions(context)));
    int width = config.whole(either(config, "n_embd", "hidden_size"));
    keys.put(PREFIX + "embedding_length", GgufValue.uint32(width));
    keys.put(PREFIX + "block_count", GgufValue.uint32(layers(json)));
    keys.put(PREFIX + "feed_forward_length", GgufValue.uint32(config.whole("n_inner", 4 * width)));
    keys.put(PREFIX + "vocab_size", GgufValue.uint32(config.whole("vocab_size")));
    keys.put(
        PREFIX + "attention.head_count",
        GgufValue.uint32(config.whole(either(config, "n_head", "num_attention_heads"))));
    keys.put(
        PREFIX + "attention.layer_norm_epsilon",
        GgufValue.float32(config.real("layer_norm_epsilon", 1e-5)));
    return keys;
  }

  @Override
  public int layers(JsonNode config) {
    ModelConfig model = new ModelConfig(config);
    return model.whole(either(model, "n_layer", "num_hidden_layers"));
  }

  /** GPT-2's own key, unless only the one that other families have is there. */
  private static String either(ModelConfig config, String key, String other) {
    return config.has(key) || !config.has(other) ? key : other;
  }
}
