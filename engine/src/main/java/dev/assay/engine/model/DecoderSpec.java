package dev.assay.engine.model;

/**
 * The shape of a decoder-only transformer with pre-RMSNorm, rotary positions, grouped-query
 * attention and a SiLU-gated feed-forward.
 *
 * @param vocabularySize rows of the embedding
 * @param hiddenSize width of the residual stream
 * @param layers number of decoder layers
 * @param heads query heads
 * @param keyValueHeads key and value heads; a divisor of {@code heads}
 * @param headDimension width of a head
 * @param intermediateSize width of the feed-forward
 * @param contextLength most positions
 * @param normEpsilon added to the mean square in RMSNorm
 * @param rope rotary embedding
 * @param tiedHead whether the head multiplies by the embedding
 */
public record DecoderSpec(
    int vocabularySize,
    int hiddenSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headDimension,
    int intermediateSize,
    int contextLength,
    double normEpsilon,
    Rope rope,
    boolean tiedHead) {
  public DecoderSpec {
    positive("vocab_size", vocabularySize);
    positive("hidden_size", hiddenSize);
    positive("num_hidden_layers", layers);
    positive("num_attention_heads", heads);
    positive("num_key_value_heads", keyValueHeads);
    positive("head_dim", headDimension);
    positive("intermediate_size", intermediateSize);
    positive("max_position_embeddings", contextLength);
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "num_key_value_heads: found " + keyValueHeads + ", expected a divisor of " + heads);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": found " + value + ", expected at least 1");
    }
  }

  /** Width of all query heads together. */
  public int queryWidth() {
    return heads * headDimension;
  }

  /** Width of all key (or value) heads together. */
  public int keyValueWidth() {
    return keyValueHeads * headDimension;
  }
}
