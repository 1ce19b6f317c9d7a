package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * The two names of a module, without {@code .weight} or {@code .bias}, and how its tensors differ.
 * The number of a layer stands as {@value #LAYER}; that of an expert, of which files have all in
 * one tensor, as {@value #EXPERT}.
 */
public record TensorMapping(String gguf, String huggingFace, Rule rule) {
  /** Stands for the number of a layer. */
  public static final String LAYER = "{N}";

  /** Stands for the number of an expert in Hugging Face's name. */
  public static final String EXPERT = "{E}";

  private static final String WEIGHT = "weight";

  /** What llama.cpp leaves in float32, whatever the type of a file's other matrices. */
  private static final Set<String> FLOAT32 =
      Set.of("position_embd", "token_types", "ffn_gate_inp", "attn_rel_b");

  /** How the tensors of a module differ. */
  public enum Rule {
    SAME,
    QUERY_HEADS,
    KEY_HEADS,
    EACH_HEAD,
    KEY_VALUE_GROUPS,
    TRANSPOSED,
    PLUS_ONE
  }

  static TensorMapping same(String gguf, String huggingFace) {
    return new TensorMapping(gguf, huggingFace, Rule.SAME);
  }

  /** Whether it is in float32 in every file. */
  public boolean alwaysFloat32() {
    return FLOAT32.contains(gguf.substring(gguf.lastIndexOf('.') + 1));
  }

  /** Whether a file has those of all experts in one tensor. */
  public boolean perExpert() {
    return huggingFace.contains(EXPERT);
  }

  /** Hugging Face's name, for a layer and an expert. */
  public String huggingFace(int layer, int expert) {
    return huggingFace(layer).replace(EXPERT, Integer.toString(expert));
  }

  /** Whether it is one of each layer. */
  public boolean inLayer() {
    return gguf.contains(LAYER);
  }

  /** Name in the file, for a layer. */
  public String gguf(int layer) {
    return gguf.replace(LAYER, Integer.toString(layer));
  }

  /** Hugging Face's name, for a layer. */
  public String huggingFace(int layer) {
    return huggingFace.replace(LAYER, Integer.toString(layer));
  }

  /**
   * What has to be done to a tensor.
   *
   * @param suffix {@code weight} or {@code bias}
   * @param dimensions of the tensor
   * @param config Hugging Face's configuration
   */
  public Adjustment adjustment(String suffix, int dimensions, JsonNode config) {
    ModelConfig model = new ModelConfig(config);
    return switch (rule) {
      case SAME -> Adjustment.NONE;
      case QUERY_HEADS -> new Adjustment.InterleavedHeads(model.heads());
      case KEY_HEADS -> new Adjustment.InterleavedHeads(model.keyValueHeads());
      case EACH_HEAD -> new Adjustment.GroupedHeads(model.heads(), 1);
      case KEY_VALUE_GROUPS -> {
        int groups = new ModelConfig(FalconGguf.known(config)).keyValueHeads();
        yield new Adjustment.GroupedHeads(groups, Math.max(1, model.heads() / groups));
      }
      case TRANSPOSED -> dimensions == 2 ? Adjustment.TRANSPOSED : Adjustment.NONE;
      case PLUS_ONE -> suffix.equals(WEIGHT) ? Adjustment.PLUS_ONE : Adjustment.NONE;
    };
  }
}
