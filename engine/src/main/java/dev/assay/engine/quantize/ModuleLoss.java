package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.List;

/**
 * The loss of a module that is run: its outputs with the original weights are kept, and computed
 * when they are first compared with.
 */
final class ModuleLoss implements OutputLoss {
  private final ScriptModule script;
  private final NDManager owner;
  private final List<NDArray> weights;
  private final InspectedModule module;
  private final List<NDArray> goal = new ArrayList<>();

  /**
   * @param script has {@code squared_difference}
   * @param owner manager of the original outputs
   * @param weights the original weights
   */
  ModuleLoss(ScriptModule script, NDManager owner, List<NDArray> weights, InspectedModule module) {
    this.script = script;
    this.owner = owner;
    this.weights = weights;
    this.module = module;
  }

  @Override
  public int batches() {
    return module.batches();
  }

  @Override
  public List<CandidateRace.Loss> of(NDManager scope, List<NDArray> tried, int from, int to) {
    computeGoal(to);
    List<CandidateRace.Loss> losses = new ArrayList<>();
    try (InspectedModule.Bound bound = module.bind(tried)) {
      for (int batch = from; batch < to; batch++) {
        try (NDManager forward = scope.newSubManager()) {
          NDArray output = bound.output(forward, batch);
          losses.add(
              new CandidateRace.Loss(
                  script.callForDouble("squared_difference", goal.get(batch), output),
                  output.getShape().size()));
        }
      }
    }
    return losses;
  }

  private void computeGoal(int to) {
    if (goal.size() < to) {
      try (InspectedModule.Bound original = module.bind(weights)) {
        while (goal.size() < to) {
          goal.add(original.output(owner, goal.size()));
        }
      }
    }
  }
}
