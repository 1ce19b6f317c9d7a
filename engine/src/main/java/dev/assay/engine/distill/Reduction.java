package dev.assay.engine.distill;

/** What the sum over tokens is divided by; numbers are those of {@code chosen.reduced}. */
public enum Reduction {
  /** The tokens. */
  TOKENS(0),
  /** The sequences. */
  SEQUENCES(1),
  /** The tokens, times the vocabulary. */
  ELEMENTS(2),
  /** Nothing. */
  SUM(3);

  private final int code;

  Reduction(int code) {
    this.code = code;
  }

  /** Its number in scripts. */
  int code() {
    return code;
  }
}
