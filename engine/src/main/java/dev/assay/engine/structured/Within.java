package dev.assay.engine.structured;

/** What heads and channels are compared with. */
public enum Within {
  /** Those of the same layer. */
  LAYER,
  /** Those of all layers, heads and channels together, each as far as it stands out in its own. */
  MODEL
}
