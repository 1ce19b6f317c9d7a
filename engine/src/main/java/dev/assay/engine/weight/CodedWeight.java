package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;

/** A weight of which each number has a code of its own, so that the codes have its shape. */
public interface CodedWeight extends StoredWeight {
  /** The codes, [out, in]. */
  NDArray codes();

  @Override
  default long outFeatures() {
    return codes().getShape().get(0);
  }

  @Override
  default long inFeatures() {
    return codes().getShape().get(1);
  }
}
