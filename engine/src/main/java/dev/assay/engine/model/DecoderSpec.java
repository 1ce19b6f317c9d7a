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
  /** Far more than any model has, so that what follows from it can be counted. */
  static final int MOST_WIDTH = 1 << 24;

  static final int MOST_LAYERS = 1 << 16;

  public DecoderSpec {
    positive("vocab_size", vocabularySize);
    within("hidden_size", hiddenSize, MOST_WIDTH);
    within("num_hidden_layers", layers, MOST_LAYERS);
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
   * @param types segments that have vectors of their own
   */
  public record EmbeddingSpec(int width, double scale, int types) {
    /** Without segments. */
    public EmbeddingSpec(int width, double scale) {
      this(width, scale, 0);
    }
  }

  /**
   * The output layer.
   *
   * @param tied whether it multiplies by the embedding
   * @param biased whether it has a bias
   * @param inputScale factor of its input
   * @param cap where logits are softly capped; 0 for no cap
   */
  public record HeadSpec(boolean tied, boolean biased, double inputScale, double cap) {
    public HeadSpec {
      finite("factor before the head", inputScale, false);
      finite("final_logit_softcapping", cap, true);
    }

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

  static void within(String name, int value, int most) {
    positive(name, value);
    if (value > most) {
      throw new IllegalArgumentException(name + ": found " + value + ", expected at most " + most);
    }
  }

  static void finite(String name, double value, boolean orZero) {
    boolean good = Double.isFinite(value) && (value > 0 || orZero && value == 0);
    if (!good) {
      throw new IllegalArgumentException(
          name
              + ": found "
              + value
              + ", expected a finite number "
              + (orZero ? "from 0" : "above 0"));
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
