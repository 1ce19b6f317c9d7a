package dev.assay.engine.model;

/**
 * Where a family keeps its tensors in a checkpoint.
 *
 * @param embedding prefix of the token embedding
 * @param layers prefix of the decoder layers, before the index
 * @param finalNorm prefix of the norm before the head
 * @param head prefix of the language-model head
 */
public record TensorNames(String embedding, String layers, String finalNorm, String head) {
  /** Prefix of a part of a layer, for example {@code model.layers.3.mlp.up_proj}. */
  public String inLayer(int layer, String part) {
    return layers + "." + layer + "." + part;
  }
}
