package dev.assay.engine.distill;

/** Which state stands for a sequence; the order is that of {@code pooling.pooled}. */
public enum Pooling {
  /** The mean of its tokens'. */
  MEAN,
  /** That of its first token, as in encoders. */
  FIRST,
  /** That of its last token, as in decoders. */
  LAST
}
