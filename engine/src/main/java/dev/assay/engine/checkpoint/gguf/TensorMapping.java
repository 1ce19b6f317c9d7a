package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The two names of a module, without {@code .weight} or {@code .bias}, and how its tensors differ.
 * The number of a layer stands as {@value #LAYER}.
 */
public record TensorMapping(String gguf, String huggingFace, Rule rule) {
  /** Stands for the number of a layer. */
  public static final String LAYER = "{N}";

  private static final String WEIGHT = "weight";

  /** How the tensors of a module differ. */
  public enum Rule {
    SAME,
    QUERY_HEADS,
    KEY_HEADS,
    TRANSPOSED,
    PLUS_ONE
  }

  static TensorMapping same(String gguf, String huggingFace) {
    return new TensorMapping(gguf, huggingFace, Rule.SAME);
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
      case TRANSPOSED -> dimensions == 2 ? Adjustment.TRANSPOSED : Adjustment.NONE;
      case PLUS_ONE -> suffix.equals(WEIGHT) ? Adjustment.PLUS_ONE : Adjustment.NONE;
    };
  }
}
