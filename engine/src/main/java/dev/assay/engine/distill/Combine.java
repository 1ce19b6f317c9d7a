package dev.assay.engine.distill;

/** How several teachers become one; numbers are those of {@code soft_rows.SoftRows}. */
public enum Combine {
  /** The mean of their logits, before the temperature. */
  LOGITS(0),
  /** The mean of their probabilities under the temperature. */
  PROBABILITIES(1),
  /** Not at all: the mean of the divergences from each. */
  LOSSES(2);

  private final int code;

  Combine(int code) {
    this.code = code;
  }

  /** Its number in scripts. */
  int code() {
    return code;
  }
}
