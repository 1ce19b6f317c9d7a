package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Falcon with rotary positions and parallel parts, old and new decoder: queries, keys and values
 * are fused by heads of keys and values. Of two norms the file's first is that of the feed-forward
 * part.
 */
final class FalconGguf implements GgufArchitecture {
  private static final String BASE = "rope.freq_base";
  private static final String KEY_VALUE_HEADS = "attention.head_count_kv";
  private static final String NEW = "new_decoder_architecture";
  private static final String LAYER = "transformer.h.{N}.";
  private static final LayerNormKeys.Names NAMES =
      new LayerNormKeys.Names(
          "max_position_embeddings",
          "hidden_size",
          "num_hidden_layers",
          "ffn_hidden_size",
          "num_attention_heads",
          "layer_norm_epsilon");

  private final LayerNormKeys keys = new LayerNormKeys("falcon");

  @Override
  public String name() {
    return "falcon";
  }

  @Override
  public List<TensorMapping> modules(JsonNode json) {
    List<TensorMapping> modules =
        new ArrayList<>(
            List.of(
                same("token_embd", "transformer.word_embeddings"),
                same("output_norm", "transformer.ln_f"),
                same("output", "lm_head")));
    if (hasTwoNorms(json)) {
      modules.add(same("blk.{N}.attn_norm", LAYER + "ln_mlp"));
      modules.add(same("blk.{N}.attn_norm_2", LAYER + "ln_attn"));
    } else {
      modules.add(same("blk.{N}.attn_norm", LAYER + "input_layernorm"));
    }
    modules.add(
        new TensorMapping(
            "blk.{N}.attn_qkv", LAYER + "self_attention.query_key_value", Rule.KEY_VALUE_GROUPS));
    modules.add(same("blk.{N}.attn_output", LAYER + "self_attention.dense"));
    modules.add(same("blk.{N}.ffn_up", LAYER + "mlp.dense_h_to_4h"));
    modules.add(same("blk.{N}.ffn_down", LAYER + "mlp.dense_4h_to_h"));
    return modules;
  }

  private static boolean hasTwoNorms(JsonNode json) {
    return json.path(NEW).asBoolean() && json.path("num_ln_in_parallel_attn").asInt(2) == 2;
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "FalconForCausalLM", NAMES);
    int heads = config.get(NAMES.heads()).intValue();
    String key = keys.full(KEY_VALUE_HEADS);
    int groups = file.has(key) ? file.whole(key) : heads;
    boolean two = file.tensor("blk.0.attn_norm_2.weight").isPresent();
    boolean several = two || groups != 1;
    config.put(NEW, several);
    config.put("num_kv_heads", groups);
    config.put("num_key_value_heads", groups);
    config.put("multi_query", !several);
    config.put("num_ln_in_parallel_attn", two ? 2 : 1);
    config.put("parallel_attn", true);
    config.put("alibi", false);
    config.put("bias", file.tensor("blk.0.attn_qkv.bias").isPresent());
    config.put("rope_theta", keys.real(file, BASE, 10_000));
    config.put("activation", "gelu");
    return config;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(known(json));
    config.requireOneOf("activation", "gelu", List.of("gelu"));
    config.requireOneOf("alibi", "false", List.of("false"));
    if (!json.path(NEW).asBoolean()) {
      config.requireOneOf("parallel_attn", "true", List.of("true"));
    }
    LayerNormKeys.requirePlainRope(config);
    Map<String, GgufValue> metadata =
        keys.metadata(config, NAMES, 2048, 4 * config.whole("hidden_size"));
    metadata.put(keys.full("tensor_data_layout"), new GgufValue.Text("jploski"));
    keys.put(metadata, KEY_VALUE_HEADS, config.keyValueHeads());
    metadata.put(keys.full(BASE), GgufValue.float32(config.ropeTheta()));
    return metadata;
  }

  /** The configuration under the names of today, and with its heads of keys and values. */
  static ObjectNode known(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    ObjectNode copy = json.deepCopy();
    copy.set(NAMES.layers(), json.get(config.either(NAMES.layers(), "n_layer")));
    int groups =
        json.path(NEW).asBoolean()
            ? config.whole("num_kv_heads", config.whole("n_head_kv", config.heads()))
            : !json.has("multi_query") || json.get("multi_query").asBoolean() ? 1 : config.heads();
    return copy.put("num_key_value_heads", groups);
  }

  @Override
  public int layers(JsonNode config) {
    return new ModelConfig(known(config)).whole(NAMES.layers());
  }
}
