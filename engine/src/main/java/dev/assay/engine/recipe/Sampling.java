package dev.assay.engine.recipe;

/** How calibration sequences are drawn from the split's tokens. */
public enum Sampling {
  /** At offsets drawn uniformly; sequences may overlap, as in GPTQ's and SparseGPT's code. */
  RANDOM,
  /** The first disjoint windows in order. */
  FIRST
}
