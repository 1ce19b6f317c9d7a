package dev.assay.engine.distill;

/** What the sum over tokens is divided by; the order is that of {@code chosen.reduced}. */
public enum Reduction {
  /** The tokens. */
  TOKENS,
  /** The sequences. */
  SEQUENCES,
  /** The tokens, times the vocabulary. */
  ELEMENTS,
  /** Nothing. */
  SUM
}
