package dev.assay.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * What the layers of a stack have in common, and what stands around them.
 *
 * @param vocabularySize rows of the embedding
 * @param hiddenSize width of the residual stream, and of what the head takes in
 * @param contextLength most positions
 * @param norm the layers' norms
 * @param residual how attention and feed-forward are tied to the stream
 * @param positions how it knows where a token stands
 * @param embedding what becomes of a token's vector
 * @param head what becomes of the last layer's output
 * @param sliced what the stream is within the layers, where it was sliced; null where it was not
 */
public record StackSpec(
    int vocabularySize,
    int hiddenSize,
    int contextLength,
    NormSpec norm,
    Residual residual,
    Positions positions,
    EmbeddingSpec embedding,
    HeadSpec head,
    @Nullable SlicedStream sliced) {
  /** Far more than any model has, so that what follows from it can be counted. */
  static final int MOST_WIDTH = 1 << 24;

  static final int MOST_LAYERS = 1 << 16;

  public StackSpec {
    positive("vocab_size", vocabularySize);
    within("hidden_size", hiddenSize, MOST_WIDTH);
    positive("max_position_embeddings", contextLength);
    if (sliced != null && sliced.width() > hiddenSize) {
      throw new IllegalArgumentException(
          "width: found " + sliced.width() + ", expected at most " + hiddenSize);
    }
  }

  /** Layers whose stream is as wide as the model. */
  public StackSpec(
      int vocabularySize,
      int hiddenSize,
      int contextLength,
      NormSpec norm,
      Residual residual,
      Positions positions,
      EmbeddingSpec embedding,
      HeadSpec head) {
    this(
        vocabularySize,
        hiddenSize,
        contextLength,
        norm,
        residual,
        positions,
        embedding,
        head,
        null);
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

  public boolean tiedHead() {
    return head.tied();
  }

  /** Width of the residual stream behind the embedding and between layers. */
  public int streamWidth() {
    return sliced == null ? hiddenSize : sliced.width();
  }

  /** Columns of the table of token vectors. */
  public int tableWidth() {
    return sliced == null ? embedding.width() : sliced.width();
  }

  /** Columns of the head. */
  public int headWidth() {
    return embedding.width();
  }

  /** The norms of the stream within layers. */
  public NormSpec streamNorm() {
    return sliced == null ? norm : sliced.norm(hiddenSize);
  }

  /** The norm of what the last layer puts out. */
  public NormSpec finalNorm() {
    return sliced == null ? norm : new NormSpec(norm.kind(), sliced.epsilon());
  }
}
