package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the calibration activations through a layer and gathers exactly what a method wants to know.
 * Where it wants the inputs themselves, which are as large as the activations, no more groups come
 * along than a bounded memory holds.
 */
final class StatisticsGatherer {
  private final TorchSession torch;
  private final LayerRunner runner;
  private final Set<Statistic> wanted;
  private final List<LayerBatch> batches;

  /**
   * @param batches the layer's inputs
   */
  StatisticsGatherer(
      TorchSession torch, LayerRunner runner, Set<Statistic> wanted, List<LayerBatch> batches) {
    this.torch = torch;
    this.runner = runner;
    this.wanted = Set.copyOf(wanted);
    this.batches = batches;
  }

  /** Finds what a group sees. */
  @FunctionalInterface
  interface Seen {
    /**
     * @param owner of what is made for it
     * @param inputs those of all groups of the layer
     */
    NDArray of(NDManager owner, LinearGroup group, List<NDArray> inputs);
  }

  private long tokens() {
    return batches.stream()
        .map(batch -> batch.activations().getShape())
        .mapToLong(shape -> shape.get(0) * shape.get(1))
        .sum();
  }

  /**
   * Statistics of a group.
   *
   * @param layer what the layer is
   * @param weights its values as they are now, float32 by name
   * @param asked the group
   * @param others groups that come along in the same pass if they take little memory
   * @param seen what a group sees
   */
  Map<LinearGroup, GroupStatistics> gather(
      NDManager owner,
      LayerSpec layer,
      Map<String, NDArray> weights,
      LinearGroup asked,
      List<LinearGroup> others,
      Seen seen) {
    if (wanted.isEmpty()) {
      throw new IllegalStateException("the method did not ask for any statistic");
    }
    if (batches.isEmpty()) {
      throw new IllegalStateException("the method did not ask for such inputs");
    }
    List<LinearGroup> groups = new ArrayList<>(List.of(asked));
    boolean kept = wanted.contains(Statistic.INPUTS);
    long numbers = tokens() * asked.inFeatures();
    for (LinearGroup other : others) {
      long more = numbers + tokens() * other.inFeatures();
      if (!other.equals(asked) && (!kept || more <= Statistic.KEPT_NUMBERS)) {
        groups.add(other);
        numbers = more;
      }
    }
    Map<LinearGroup, Gathering> gatherings = new LinkedHashMap<>();
    try {
      for (LinearGroup group : groups) {
        gatherings.put(
            group, new Gathering(torch, owner, wanted, group.inFeatures(), batches.size()));
      }
      try (BoundLayer bound = runner.bind(layer, weights)) {
        for (LayerBatch batch : batches) {
          try (NDManager scope = owner.newSubManager()) {
            List<NDArray> inputs =
                bound.taps(scope, batch.activations(), batch.memory()).groupInputs();
            gatherings.forEach((group, gathering) -> gathering.add(seen.of(scope, group, inputs)));
          }
        }
      }
      Map<LinearGroup, GroupStatistics> statistics = new LinkedHashMap<>();
      gatherings.forEach((group, gathering) -> statistics.put(group, gathering.result()));
      return statistics;
    } finally {
      gatherings.values().forEach(Gathering::close);
    }
  }
}
