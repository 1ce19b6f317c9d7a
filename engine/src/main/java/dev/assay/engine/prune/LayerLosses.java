package dev.assay.engine.prune;

import java.util.List;

/**
 * What pruning a layer alone costs the loss, at a few shares of its weights.
 *
 * @param layer its position in the model
 * @param weights how many it has
 * @param gone how many of them go, rising
 * @param losses of the model, one for each of {@code gone}
 */
record LayerLosses(int layer, long weights, List<Long> gone, List<Double> losses) {
  LayerLosses {
    gone = List.copyOf(gone);
    losses = List.copyOf(losses);
    if (gone.isEmpty() || gone.size() != losses.size()) {
      throw new IllegalArgumentException("found %s and %s".formatted(gone, losses));
    }
  }
}
