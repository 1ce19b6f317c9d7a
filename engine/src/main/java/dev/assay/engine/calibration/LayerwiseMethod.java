package dev.assay.engine.calibration;

import java.util.Optional;

/** A method that compresses layers one by one, working from their self-description. */
public non-sealed interface LayerwiseMethod extends CompressionMethod {
  /** What the next layer's calibration inputs come from. */
  default Propagation propagation() {
    return Propagation.COMPRESSED;
  }

  /** How it makes a selected head a product of two; nothing where it leaves heads alone. */
  default Optional<HeadFactoring> headFactoring() {
    return Optional.empty();
  }

  /** Compresses a layer by storing every linear that it changes. */
  void compress(LayerContext layer);
}
