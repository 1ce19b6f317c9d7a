package dev.assay.engine.model;

/** How a layer's parts are tied to the residual stream. */
public enum Residual {
  /** Each part reads a norm of the stream and adds to it. */
  PRE,
  /** Attention and feed-forward read the same norm side by side. */
  PARALLEL,
  /** Attention and feed-forward read a norm each, side by side. */
  PARALLEL_NORMS,
  /** Each part adds to the stream, which is normed afterwards. */
  POST,
  /** Norms before and after each part. */
  SANDWICH,
  /** As {@link #PRE}, with attention to an encoder's output in between. */
  CROSS
}
