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
  ACTIVATION,
  /**
   * What the stream is multiplied by on its way past attention, [in, out], where it was sliced;
   * past the whole layer where attention and feed-forward stand side by side.
   */
  ATTENTION_SHORTCUT,
  /** The same past the feed-forward. */
  FEED_FORWARD_SHORTCUT;

  /** Suffix of the stored tensor. */
  public String suffix() {
    return switch (this) {
      case ACTIVATION -> ".scales";
      case ATTENTION_SHORTCUT, FEED_FORWARD_SHORTCUT -> "";
      default -> ".weight";
    };
  }

  /** Whether it is a matrix that the stream is multiplied by. */
  public boolean shortcut() {
    return this == ATTENTION_SHORTCUT || this == FEED_FORWARD_SHORTCUT;
  }

  /** Whether a checkpoint of a family that names it may lack it. */
  public boolean optional() {
    return this == ACTIVATION;
  }
}
