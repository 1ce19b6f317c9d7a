package dev.assay.engine.calibration;

/** What the next layer's calibration inputs come from. */
public enum Propagation {
  /** The compressed layer, so that later layers see the errors of earlier ones. */
  COMPRESSED,
  /** The original layer. */
  ORIGINAL,
  /**
   * The compressed layer, with what the original ones would make beside it: see {@link
   * LayerContext#statisticsBefore}.
   */
  BOTH
}
