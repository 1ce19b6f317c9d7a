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

  /** Products of a token with the decoder layers' linears, those by zeros included. */
  public double usedProducts() {
    return layers.stream().mapToDouble(weight -> weight.share() * weight.products()).sum();
  }

  /** The same without those by an exact 0. */
  public double usedNonZeros() {
    return layers.stream().mapToDouble(weight -> weight.share() * weight.nonZeros()).sum();
  }

  /** Bits of the codes of the decoder layers' linears. */
  public double layerCodeBits() {
    return layers.stream().mapToDouble(weight -> weight.codeBits() * weight.count()).sum();
  }

  /** Stored bytes of the decoder layers' linears. */
  public long layerStoredBytes() {
    return layers.stream().mapToLong(LinearWeight::storedBytes).sum();
  }
}
