package dev.assay.engine.learned;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.quantize.Notes;
import dev.assay.engine.quantize.RoundToNearest;
import java.util.List;
import java.util.Optional;

/** Linears of which calibration shows too little to learn from. */
final class Starved {
  private Starved() {}

  /**
   * Rounds a linear to nearest.
   *
   * @param why nothing is learned of it
   */
  static void round(
      LayerContext layer, String linear, int bits, int groupSize, boolean symmetric, String why) {
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
