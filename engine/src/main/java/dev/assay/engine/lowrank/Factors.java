package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;

/**
 * Two factors whose product stands in a weight's place.
 *
 * @param up float32 [out, rank]
 * @param down float32 [rank, in]
 */
public record Factors(NDArray up, NDArray down) {
  public Factors {
    if (up.getShape().dimension() != 2
        || down.getShape().dimension() != 2
        || up.getShape().get(1) != down.getShape().get(0)) {
      throw new IllegalArgumentException(
          "found factors %s and %s, expected [out, rank] and [rank, in]"
              .formatted(up.getShape(), down.getShape()));
    }
  }
}
