package dev.assay.engine.model;

/**
 * The attention of a transformer's layer.
 *
 * @param heads query heads
 * @param keyValueHeads key and value heads; a divisor of {@code heads}
 * @param headDimension width of a head
 * @param scale factor of the scores
 * @param scoreCap where scores are softly capped; 0 for no cap
 * @param window how many positions a query sees, its own included; 0 for all
 * @param causal whether a query sees no later positions
 * @param queryKeyNorm whether queries and keys are normed head by head
 */
public record AttentionSpec(
    int heads,
    int keyValueHeads,
    int headDimension,
    double scale,
    double scoreCap,
    int window,
    boolean causal,
    boolean queryKeyNorm) {
  public AttentionSpec {
    StackSpec.within("num_attention_heads", heads, 1 << 16);
    StackSpec.positive("num_key_value_heads", keyValueHeads);
    StackSpec.within("head_dim", headDimension, 1 << 14);
    StackSpec.finite("scale of scores", scale, false);
    StackSpec.finite("attn_logit_softcapping", scoreCap, true);
    if (window < 0) {
      throw new IllegalArgumentException(
          "sliding_window: found " + window + ", expected at least 0");
    }
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "num_key_value_heads: found " + keyValueHeads + ", expected a divisor of " + heads);
    }
  }

  /** Causal attention over all positions, scores divided by the root of the head's width. */
  public static AttentionSpec causal(int heads, int keyValueHeads, int headDimension) {
    return new AttentionSpec(
        heads, keyValueHeads, headDimension, 1 / Math.sqrt(headDimension), 0, 0, true, false);
  }

  /** The same with another window. */
  public AttentionSpec withWindow(int other) {
    return new AttentionSpec(
        heads, keyValueHeads, headDimension, scale, scoreCap, other, causal, queryKeyNorm);
  }

  /** The same with another scale, and scores capped. */
  public AttentionSpec withScores(double otherScale, double cap) {
    return new AttentionSpec(
        heads, keyValueHeads, headDimension, otherScale, cap, window, causal, queryKeyNorm);
  }

  /** The same with other numbers of heads. */
  public AttentionSpec withHeads(int otherHeads, int otherKeyValueHeads) {
    return new AttentionSpec(
        otherHeads,
        otherKeyValueHeads,
        headDimension,
        scale,
        scoreCap,
        window,
        causal,
        queryKeyNorm);
  }

  /** Query heads that one key and value head serves. */
  public int served() {
    return heads / keyValueHeads;
  }

  /** The same with normed queries and keys. */
  public AttentionSpec withQueryKeyNorm() {
    return new AttentionSpec(
        heads, keyValueHeads, headDimension, scale, scoreCap, window, causal, true);
  }

  /** The same seeing later positions too. */
  public AttentionSpec bidirectional() {
    return new AttentionSpec(
        heads, keyValueHeads, headDimension, scale, scoreCap, window, false, queryKeyNorm);
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
