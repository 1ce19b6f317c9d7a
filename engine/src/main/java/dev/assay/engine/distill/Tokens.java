package dev.assay.engine.distill;

/** Which tokens a term is taken over. */
public enum Tokens {
  /** Those that have a label: neither padding nor prompt. */
  SCORED,
  /** All that are not padding. */
  ATTENDED;

  boolean attended() {
    return this == ATTENDED;
  }
}
