package dev.assay.engine.weight;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Weights on grids so alike that their rows make one weight. */
final class OneGrid {
  private OneGrid() {}

  /** The weights, if all are on grids of one kind with the same group for each column. */
  static Optional<List<QuantizedWeight>> of(KernelRuntime runtime, List<StoredWeight> parts) {
    List<QuantizedWeight> weights = new ArrayList<>();
    for (StoredWeight part : parts) {
      Optional<QuantizedWeight> weight = part.onGrid();
      if (weight.isEmpty()
          || !(weights.isEmpty() || joinable(runtime, weights.get(0), weight.get()))) {
        return Optional.empty();
      }
      weights.add(weight.get());
    }
    return Optional.of(weights);
  }

  private static boolean joinable(
      KernelRuntime runtime, QuantizedWeight first, QuantizedWeight other) {
    return first.grid().bits() == other.grid().bits()
        && first.grid().groupSize() == other.grid().groupSize()
        && PackingScripts.of(runtime)
            .callForBoolean("same", first.groupIndex(), other.groupIndex());
  }
}
