package dev.assay.engine.prune.trained;

/** What the weights that go are the least of. */
public enum Within {
  /** Those of the same linear. */
  LINEAR,
  /** Those of all linears that the stage works on. */
  MODEL
}
