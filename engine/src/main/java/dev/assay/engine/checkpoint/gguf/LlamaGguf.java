package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import dev.assay.engine.config.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * LLaMA 1 to 3, Mistral and Mixtral: query and key rows are interleaved for the other form of
 * rotary embedding; of experts files have those of a layer in one tensor.
 */
final class LlamaGguf implements GgufArchitecture {
  static final String DIVISORS = "rope_freqs.weight";

  private static final String LAYER = "model.layers.{N}.";
  private static final String MISTRAL = "mistral";
  private static final String MIXTRAL = "mixtral";
  private static final String EXPERTS = "expert_count";
  private static final String EXPERTS_USED = "expert_used_count";
  private static final String LOCAL_EXPERTS = "num_local_experts";
  private static final String EXPERTS_PER_TOKEN = "num_experts_per_tok";
  private static final String WINDOW = "attention.sliding_window";
  private static final String SLIDING_WINDOW = "sliding_window";
  private static final String ROTARY = "llama.rope.dimension_count";

  private final DecoderKeys keys = new DecoderKeys("llama");

  @Override
  public String name() {
    return "llama";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("llama", MISTRAL, MIXTRAL);
  }

  @Override
  public List<TensorMapping> modules(JsonNode config) {
    List<TensorMapping> modules =
        new ArrayList<>(
            List.of(
                same("token_embd", "model.embed_tokens"),
                same("output_norm", "model.norm"),
                same("output", "lm_head"),
                same("blk.{N}.attn_norm", LAYER + "input_layernorm"),
                new TensorMapping("blk.{N}.attn_q", LAYER + "self_attn.q_proj", Rule.QUERY_HEADS),
                new TensorMapping("blk.{N}.attn_k", LAYER + "self_attn.k_proj", Rule.KEY_HEADS),
                same("blk.{N}.attn_v", LAYER + "self_attn.v_proj"),
                same("blk.{N}.attn_output", LAYER + "self_attn.o_proj"),
                same("blk.{N}.ffn_norm", LAYER + "post_attention_layernorm")));
    if (isMixtral(config)) {
      String experts = LAYER + "block_sparse_moe.experts.{E}.";
      modules.add(same("blk.{N}.ffn_gate_inp", LAYER + "block_sparse_moe.gate"));
      modules.add(same("blk.{N}.ffn_gate_exps", experts + "w1"));
      modules.add(same("blk.{N}.ffn_up_exps", experts + "w3"));
      modules.add(same("blk.{N}.ffn_down_exps", experts + "w2"));
    } else {
      modules.add(same("blk.{N}.ffn_gate", LAYER + "mlp.gate_proj"));
      modules.add(same("blk.{N}.ffn_up", LAYER + "mlp.up_proj"));
      modules.add(same("blk.{N}.ffn_down", LAYER + "mlp.down_proj"));
    }
    return modules;
  }

  private static boolean isMixtral(JsonNode config) {
    return config.path("model_type").asText().equals(MIXTRAL);
  }

  @Override
  public Set<String> constants() {
    return Set.of(DIVISORS);
  }

  @Override
  public ObjectNode config(GgufFile file) {
    ObjectNode config = keys.config(file, name(), "LlamaForCausalLM");
    int dimension = config.get("head_dim").intValue();
    requireWholeHeads(file, dimension);
    readVariant(file, config);
    keys.readScaling(file, config);
    file.tensor(DIVISORS)
        .ifPresent(
            tensor ->
                config.set(
                    "rope_scaling",
                    RopeDivisors.scaling(
                        divisors(file, tensor, dimension),
                        config.get("rope_theta").doubleValue(),
                        config.get("max_position_embeddings").longValue())));
    return config;
  }

  /** Experts are Mixtral's; a window, of which llama.cpp knows nothing here, is Mistral's. */
  private void readVariant(GgufFile file, ObjectNode config) {
    if (keys.whole(file, EXPERTS, 0) > 0) {
      config.put("model_type", MIXTRAL);
      config.putArray("architectures").add("MixtralForCausalLM");
      config.put(LOCAL_EXPERTS, keys.whole(file, EXPERTS, 0));
      config.put(EXPERTS_PER_TOKEN, keys.whole(file, EXPERTS_USED, 2));
      config.putNull(SLIDING_WINDOW);
    } else if (keys.whole(file, WINDOW, 0) > 0) {
      config.put("model_type", MISTRAL);
      config.putArray("architectures").add("MistralForCausalLM");
    }
    if (keys.whole(file, WINDOW, 0) > 0) {
      config.put(SLIDING_WINDOW, keys.whole(file, WINDOW, 0));
    }
  }

  /** The rows of a head lie in files as they do where all of them turn. */
  private static void requireWholeHeads(GgufFile file, int dimension) {
    if (file.has(ROTARY) && file.whole(ROTARY) != dimension) {
      throw new BadInputException(
          file.file()
              + ": key "
              + ROTARY
              + ": found "
              + file.whole(ROTARY)
              + ", expected "
              + dimension
              + ", the head's size");
    }
  }

  private static float[] divisors(GgufFile file, GgufTensor tensor, int dimension) {
    float[] divisors = file.floats(tensor);
    int expected = Math.max(1, dimension / 2);
    if (divisors.length != expected) {
      throw new BadInputException(
          file.file()
              + ": tensor '"
              + DIVISORS
              + "': found "
              + divisors.length
              + " values, expected "
              + expected
              + ", one for each pair of a head of "
              + dimension);
    }
    return divisors;
  }

  @Override
  public Map<String, GgufValue> metadata(JsonNode config) {
    Map<String, GgufValue> metadata = keys.metadataOfSilu(config);
    ModelConfig model = new ModelConfig(config);
    if (model.rotaryShare() != 1) {
      throw model.bad("partial_rotary_factor", ModelConfig.fixed(1));
    }
    if (experts(config) > 1) {
      keys.put(metadata, EXPERTS, experts(config));
      keys.put(metadata, EXPERTS_USED, model.whole(EXPERTS_PER_TOKEN, 2));
    }
    if (window(config) > 0) {
      keys.put(metadata, WINDOW, window(config));
    }
    keys.writeScaling(config, metadata, "llama3");
    return metadata;
  }

  @Override
  public int experts(JsonNode config) {
    ModelConfig model = new ModelConfig(config);
    return isMixtral(config) ? model.whole(LOCAL_EXPERTS, 8) : 1;
  }

  /** The window of all layers; 0 for none. */
  private static int window(JsonNode config) {
    ModelConfig model = new ModelConfig(config);
    boolean none = config.path("model_type").asText().equals("llama");
    int window = none ? 0 : model.whole(SLIDING_WINDOW, 0);
    return window < model.positions("max_position_embeddings") ? window : 0;
  }

  @Override
  public List<String> notes(JsonNode config) {
    int window = window(config);
    return window == 0
        ? List.of()
        : List.of(
            "llama.cpp gives this architecture no window: beyond "
                + window
                + " tokens it computes something else");
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
