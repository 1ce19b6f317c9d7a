package dev.assay.engine.mixed;

/** What the cost of a width is taken from. */
public enum Measure {
  /** Error of the linear's outputs on calibration inputs, relative. */
  OUTPUT_ERROR,
  /** Divergence of the model's next-token probabilities. */
  KL
}
