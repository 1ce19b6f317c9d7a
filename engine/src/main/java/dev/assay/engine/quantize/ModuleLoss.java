package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.List;

/** The loss of a module that is run: its outputs with the original weights are kept. */
final class ModuleLoss implements OutputLoss {
  private final ScriptModule script;
  private final InspectedModule module;
  private final List<NDArray> goal = new ArrayList<>();

  /**
   * @param script has {@code squared_difference}
   * @param owner manager of the original outputs
   */
  ModuleLoss(ScriptModule script, NDManager owner, List<NDArray> weights, InspectedModule module) {
    this.script = script;
    this.module = module;
    try (InspectedModule.Bound original = module.bind(weights)) {
      for (int batch = 0; batch < module.batches(); batch++) {
        goal.add(original.output(owner, batch));
      }
    }
  }

  @Override
  public int batches() {
    return goal.size();
  }

  @Override
  public List<CandidateRace.Loss> of(NDManager scope, List<NDArray> tried, int from, int to) {
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
}
