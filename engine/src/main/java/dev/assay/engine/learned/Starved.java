package dev.assay.engine.learned;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.quantize.Notes;
import dev.assay.engine.quantize.RoundToNearest;
import java.util.List;
import java.util.Optional;

/** Rounds linears to nearest of which calibration shows too little to learn from. */
record Starved(int bits, int groupSize, boolean symmetric) {
  /**
   * Rounds a linear.
   *
   * @param why nothing is learned of it
   */
  void round(LayerContext layer, String linear, String why) {
    try (NDManager scope = layer.scope().newSubManager()) {
      layer.storeQuantized(
          linear,
          RoundToNearest.quantize(
              layer.torch(), scope, layer.weight(linear), bits, groupSize, symmetric, false),
          Notes.joined(
              List.of(
                  Optional.of("rounded to nearest: " + why),
                  RoundToNearest.oneSided(
                      layer.torch(), layer.weight(linear), bits, groupSize, symmetric))));
    }
  }
}
