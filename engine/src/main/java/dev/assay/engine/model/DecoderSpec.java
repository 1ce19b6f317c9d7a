package dev.assay.engine.model;

/**
 * The shape of a stack of transformer layers with what stands around it.
 *
 * @param vocabularySize rows of the embedding
 * @param hiddenSize width of the residual stream
 * @param layers number of layers
 * @param contextLength most positions
 * @param attention their attention
 * @param feedForward their feed-forward
 * @param norm their norms
 * @param residual how both are tied to the stream
 * @param positions how it knows where a token stands
 * @param embedding what becomes of a token's vector
 * @param head what becomes of the last layer's output
 */
public record DecoderSpec(
    int vocabularySize,
    int hiddenSize,
    int layers,
    int contextLength,
    AttentionSpec attention,
    FeedForwardSpec feedForward,
    NormSpec norm,
    Residual residual,
    Positions positions,
    EmbeddingSpec embedding,
    HeadSpec head) {
  public DecoderSpec {
    positive("vocab_size", vocabularySize);
    positive("hidden_size", hiddenSize);
    positive("num_hidden_layers", layers);
    positive("max_position_embeddings", contextLength);
    if (attention.windows().size() != layers) {
      throw new IllegalArgumentException(
          attention.windows().size() + " windows of attention for " + layers + " layers");
    }
  }

  /**
   * A token's vector.
   *
   * @param width of the table's rows; projected to the hidden size if it differs
   * @param scale factor of the vector
   */
  public record EmbeddingSpec(int width, double scale) {}

  /**
   * The output layer.
   *
   * @param tied whether it multiplies by the embedding
   * @param biased whether it has a bias
   * @param inputScale factor of its input
   * @param cap where logits are softly capped; 0 for no cap
   */
  public record HeadSpec(boolean tied, boolean biased, double inputScale, double cap) {
    /** Without bias, scale or cap. */
    public static HeadSpec plain(boolean tied) {
      return new HeadSpec(tied, false, 1, 0);
    }
  }

  /** The same with another attention. */
  public DecoderSpec with(AttentionSpec other) {
    return new DecoderSpec(
        vocabularySize,
        hiddenSize,
        layers,
        contextLength,
        other,
        feedForward,
        norm,
        residual,
        positions,
        embedding,
        head);
  }

  static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": found " + value + ", expected at least 1");
    }
  }

  public int heads() {
    return attention.heads();
  }

  public int keyValueHeads() {
    return attention.keyValueHeads();
  }

  public int headDimension() {
    return attention.headDimension();
  }

  /** Width of all query heads together. */
  public int queryWidth() {
    return attention.queryWidth();
  }

  /** Width of all key (or value) heads together. */
  public int keyValueWidth() {
    return attention.keyValueWidth();
  }

  public boolean tiedHead() {
    return head.tied();
  }
}
