package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Phi-3: queries, keys and values in one linear, gate and up in another; longrope's factors. */
final class Phi3Gguf implements GgufArchitecture {
  private static final String SHORT = "rope_factors_short.weight";
  private static final String LONG = "rope_factors_long.weight";
  private static final String ORIGINAL = "phi3.rope.scaling.original_context_length";
  private static final String ATTENTION = "phi3.rope.scaling.attn_factor";

  /** Files have the factor of attention in float32. */
  private static final double TOLERANCE = 1e-6;

  private static final String WINDOW = "attention.sliding_window";

  private final DecoderKeys keys = new DecoderKeys("phi3");

  @Override
  public String name() {
    return "phi3";
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    return List.of(
        same("token_embd", "model.embed_tokens"),
        same("output_norm", "model.norm"),
        same("output", "lm_head"),
        same("blk.{N}.attn_norm", "model.layers.{N}.input_layernorm"),
        same("blk.{N}.attn_qkv", "model.layers.{N}.self_attn.qkv_proj"),
        same("blk.{N}.attn_output", "model.layers.{N}.self_attn.o_proj"),
        same("blk.{N}.ffn_norm", "model.layers.{N}.post_attention_layernorm"),
        same("blk.{N}.ffn_up", "model.layers.{N}.mlp.gate_up_proj"),
        same("blk.{N}.ffn_down", "model.layers.{N}.mlp.down_proj"));
  }

  @Override
  public Set<String> constants() {
    return Set.of(SHORT, LONG);
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "Phi3ForCausalLM");
    int window = keys.whole(file, WINDOW, 0);
    if (window > 0) {
      config.put("sliding_window", window);
    }
    if (file.has(ORIGINAL)) {
      config.put(LongRope.ORIGINAL, file.whole(ORIGINAL));
    }
    if (file.tensor(SHORT).isPresent() && file.tensor(LONG).isPresent()) {
      ObjectNode scaling = config.putObject("rope_scaling");
      scaling.put("type", "longrope").put("rope_type", "longrope");
      copy(file, file.tensor(SHORT).get(), scaling.putArray("short_factor"));
      copy(file, file.tensor(LONG).get(), scaling.putArray("long_factor"));
      if (file.has(ATTENTION)) {
        double follows = LongRope.of(new ModelConfig(config)).attention();
        double stated = file.real(ATTENTION);
        if (Math.abs(stated - follows) > TOLERANCE * follows) {
          scaling.put("attention_factor", stated);
        }
      }
    } else {
      keys.readScaling(file, config);
    }
    return config;
  }

  private static void copy(GgufFile file, GgufTensor tensor, ArrayNode factors) {
    for (float factor : file.floats(tensor)) {
      factors.add(Double.parseDouble(Float.toString(factor)));
    }
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode json) {
    ModelConfig config = new ModelConfig(json);
    Map<String, GgufValue> metadata = keys.metadataOfSilu(json);
    if (config.whole("sliding_window", 0) > 0) {
      keys.put(metadata, WINDOW, config.whole("sliding_window"));
    }
    keys.writeScaling(json, metadata, "longrope", "su");
    if (LongRope.isOne(config)) {
      LongRope rope = LongRope.of(config);
      metadata.put(ORIGINAL, GgufValue.uint32(rope.original()));
      metadata.put(ATTENTION, GgufValue.float32(rope.attention()));
    } else if (config.has(LongRope.ORIGINAL)) {
      metadata.put(ORIGINAL, GgufValue.uint32(config.whole(LongRope.ORIGINAL)));
    }
    return metadata;
  }

  @Override
  public SortedMap<String, float[]> constants(JsonNode config) {
    SortedMap<String, float[]> constants = new TreeMap<>();
    ModelConfig model = new ModelConfig(config);
    if (LongRope.isOne(model)) {
      JsonNode rope = model.rope().json();
      constants.put(SHORT, floats(rope.get("short_factor")));
      constants.put(LONG, floats(rope.get("long_factor")));
    }
    return constants;
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }
}
