package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerRunner;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the calibration activations through a layer and gathers exactly what a method wants to know.
 * Where it wants the inputs themselves, they are gathered for one group at a time, since they are
 * as large as the activations.
 */
final class StatisticsGatherer {
  private final TorchSession torch;
  private final LayerRunner runner;
  private final LayerLayout layout;
  private final Set<Statistic> wanted;
  private final List<NDArray> activations;

  /**
   * @param activations the layer's input, [sequences, tokens, hidden] each
   */
  StatisticsGatherer(
      TorchSession torch,
      LayerRunner runner,
      LayerLayout layout,
      Set<Statistic> wanted,
      List<NDArray> activations) {
    this.torch = torch;
    this.runner = runner;
    this.layout = layout;
    this.wanted = Set.copyOf(wanted);
    this.activations = activations;
  }

  /** Statistics of the asked group and of all others that come along at no cost. */
  Map<LinearGroup, GroupStatistics> gather(
      NDManager owner, Map<String, NDArray> weights, LinearGroup asked) {
    if (wanted.isEmpty()) {
      throw new IllegalStateException("the method did not ask for any statistic");
    }
    List<LinearGroup> groups = wanted.contains(Statistic.INPUTS) ? List.of(asked) : layout.groups();
    Map<LinearGroup, Gathering> gatherings = new LinkedHashMap<>();
    try {
      for (LinearGroup group : groups) {
        long features = weight(weights, group.linears().get(0)).getShape().get(1);
        gatherings.put(group, new Gathering(torch, owner, wanted, features));
      }
      for (NDArray batch : activations) {
        try (NDManager scope = owner.newSubManager()) {
          List<NDArray> inputs = runner.run(scope, weights, batch).groupInputs();
          gatherings.forEach(
              (group, gathering) -> gathering.add(inputs.get(layout.groups().indexOf(group))));
        }
      }
      Map<LinearGroup, GroupStatistics> statistics = new LinkedHashMap<>();
      gatherings.forEach((group, gathering) -> statistics.put(group, gathering.result()));
      return statistics;
    } finally {
      gatherings.values().forEach(Gathering::close);
    }
  }

  private static NDArray weight(Map<String, NDArray> weights, String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("no weight given for '" + name + "'");
    }
    return weight;
  }
}
