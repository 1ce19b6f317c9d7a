package dev.assay.harness.measure.perplexity;

/** The losses that a model has on a sequence of tokens. */
@FunctionalInterface
interface TokenLosses {
  /**
   * @param tokens ids of t tokens, at least 2
   * @return −log p of tokens 1 … t − 1, natural logarithm
   */
  float[] of(long[] tokens);
}
