package dev.assay.harness.measure.weights;

import java.util.List;

/**
 * The linears of a model.
 *
 * @param layers those of the decoder layers, in the order of the forward pass
 * @param head the language-model head; where it is tied, the embedding
 */
public record LinearWeights(List<LinearWeight> layers, LinearWeight head) {
  public LinearWeights {
    layers = List.copyOf(layers);
  }

  /** Weights of the decoder layers' linears, zeros included. */
  public long layerCount() {
    return layers.stream().mapToLong(LinearWeight::count).sum();
  }

  /** Weights of the decoder layers' linears that are not exactly 0. */
  public long layerNonZeros() {
    return layers.stream().mapToLong(LinearWeight::nonZeros).sum();
  }

  /** Stored bytes of the decoder layers' linears. */
  public long layerStoredBytes() {
    return layers.stream().mapToLong(LinearWeight::storedBytes).sum();
  }
}
