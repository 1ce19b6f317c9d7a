package dev.assay.engine.lowrank;

/** What {@code keep} is a share of. */
public enum KeepOf {
  /** The parameters of the linears that the stage works on. */
  LINEARS,
  /** The singular values of each of them: fewer numbers below out · in / (out + in) alone. */
  SINGULAR_VALUES,
  /** All parameters of the model, though none but those linears give any. */
  MODEL
}
