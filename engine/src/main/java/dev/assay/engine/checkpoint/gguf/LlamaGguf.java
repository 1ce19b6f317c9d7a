package dev.assay.engine.checkpoint.gguf;

import static dev.assay.engine.checkpoint.gguf.TensorMapping.same;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.TensorMapping.Rule;
import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** LLaMA 1 to 3: query and key rows are interleaved for the other form of rotary embedding. */
final class LlamaGguf implements GgufArchitecture {
  static final String DIVISORS = "rope_freqs.weight";

  private static final String ROTARY = "llama.rope.dimension_count";

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
    int dimension = config.get("head_dim").intValue();
    requireWholeHeads(file, dimension);
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
