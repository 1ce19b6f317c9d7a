package dev.assay.engine.model;

/** Tensors of a layer beside its linears, in the order in which the scripts look for them. */
public enum LayerModule {
  /** Before attention; after it where the residual is of that kind. */
  ATTENTION_NORM,
  /** Before the feed-forward; after it where the residual is of that kind. */
  FEED_FORWARD_NORM,
  /** After attention, where there is one before it too. */
  POST_ATTENTION_NORM,
  /** After the feed-forward, where there is one before it too. */
  POST_FEED_FORWARD_NORM,
  /** Of the queries, head by head. */
  QUERY_NORM,
  /** Of the keys, head by head. */
  KEY_NORM,
  /** Scores of the experts, [experts, hidden]. */
  ROUTER,
  /** Before attention to an encoder's output. */
  CROSS_NORM,
  /**
   * What the activation's output is divided by, channel by channel, in {@code scales}: AWQ adds it
   * to checkpoints, most have none.
   */
  ACTIVATION;

  /** Suffix of the stored tensor. */
  public String suffix() {
    return this == ACTIVATION ? ".scales" : ".weight";
  }

  /** Whether a checkpoint of a family that names it may lack it. */
  public boolean optional() {
    return this == ACTIVATION;
  }
}
