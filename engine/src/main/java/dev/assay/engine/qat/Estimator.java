package dev.assay.engine.qat;

/** How gradients pass where weights are rounded to a uniform grid, and what is learned beside. */
public enum Estimator {
  /** Unchanged to weights within the grid, which follows the weights at every step. */
  STE,
  /**
   * The same, and to the step of each group.
   *
   * @see <a href="https://arxiv.org/abs/1902.08153">Esser et al. 2020, LSQ</a>
   */
  LSQ,
  /**
   * The same, and to the scale and the zero of each group.
   *
   * @see <a href="https://arxiv.org/abs/2407.11062">Chen et al. 2024, EfficientQAT</a>
   */
  EFFICIENTQAT,
  /**
   * Unchanged to weights between −2 and 2; levels of 1 and 2 bits lie apart from 0.
   *
   * @see <a href="https://arxiv.org/abs/2305.17888">Liu et al. 2023, LLM-QAT</a>
   */
  LLM_QAT
}
