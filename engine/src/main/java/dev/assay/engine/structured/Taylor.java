package dev.assay.engine.structured;

/**
 * How much the loss would change without a weight w, by its gradient g and the mean of squared
 * gradients a of the samples.
 *
 * @see <a href="https://arxiv.org/abs/2305.11627">Ma et al. 2023, LLM-Pruner</a>
 */
public enum Taylor {
  /** |w g| of each weight. */
  FIRST,
  /** |w² a|. */
  SECOND,
  /** |w g − w² a / 2|. */
  MIXED,
  /** |Σ w g| of a row or column as a whole. */
  VECTORIZE
}
