package dev.assay.engine.prune;

/** How weights that stay make up for those that went. */
public enum Refit {
  /** They get the values whose outputs are nearest on calibration inputs, row by row. */
  LEAST_SQUARES
}
