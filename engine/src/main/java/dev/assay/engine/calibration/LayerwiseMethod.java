package dev.assay.engine.calibration;

/** A method that compresses layers one by one, working from their self-description. */
public non-sealed interface LayerwiseMethod extends CompressionMethod {
  /** What the next layer's calibration inputs come from. */
  default Propagation propagation() {
    return Propagation.COMPRESSED;
  }

  /** Compresses a layer by storing every linear that it changes. */
  void compress(LayerContext layer);
}
