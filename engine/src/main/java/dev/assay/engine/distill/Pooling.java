package dev.assay.engine.distill;

/** Which state stands for a sequence; numbers are those of {@code pooling.pooled}. */
public enum Pooling {
  /** The mean of its tokens'. */
  MEAN(0),
  /** That of its first token, as in encoders. */
  FIRST(1),
  /** That of its last token, as in decoders. */
  LAST(2);

  private final int code;

  Pooling(int code) {
    this.code = code;
  }

  /** Its number in scripts. */
  int code() {
    return code;
  }
}
