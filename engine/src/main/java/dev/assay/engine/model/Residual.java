package dev.assay.engine.model;

/** How a layer's parts are tied to the residual stream. */
public enum Residual {
  /** Each part reads a norm of the stream and adds to it. */
  PRE("pre"),
  /** Attention and feed-forward read the same norm side by side. */
  PARALLEL("parallel"),
  /** Attention and feed-forward read a norm each, side by side. */
  PARALLEL_NORMS("parallel_norms"),
  /** Each part adds to the stream, which is normed afterwards. */
  POST("post"),
  /** Norms before and after each part. */
  SANDWICH("sandwich"),
  /** As {@link #PRE}, with attention to an encoder's output in between. */
  CROSS("cross");

  private final String script;

  Residual(String script) {
    this.script = script;
  }

  String script() {
    return "residual/" + script + ".py";
  }
}
