package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.qat.FakeQuantizers.StepPlan;
import dev.assay.engine.run.Leaves;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights on a uniform grid.
 *
 * @param symmetric whether the zero is in the middle of the codes
 */
public record GridPlan(int bits, int groupSize, boolean symmetric, Estimator estimator)
    implements WeightRounding {
  /** Whether levels lie apart from 0, so that no whole number is the zero. */
  private boolean apart() {
    return estimator == Estimator.LLM_QAT && bits <= 2;
  }

  @Override
  public GridForm form() {
    return apart()
        ? new GridForm(bits, groupSize, false, true, GridForm.Layout.REAL_ZEROS)
        : GridForm.published(bits, groupSize, symmetric, true);
  }

  @Override
  public boolean hasZero() {
    return !apart();
  }

  @Override
  public Begun begin(TorchSession torch, NDManager owner, NDArray weight, boolean half) {
    return switch (estimator) {
      case STE ->
          new Begun(
              symmetric
                  ? FakeQuantizers.symmetric(bits, groupSize, half)
                  : FakeQuantizers.range(bits, groupSize, half),
              Map.of());
      case LLM_QAT -> new Begun(FakeQuantizers.llmQatWeight(bits, groupSize, half), Map.of());
      case LSQ -> steps(torch, owner, weight, half);
      case EFFICIENTQAT -> grids(torch, owner, weight, half);
    };
  }

  private Begun steps(TorchSession torch, NDManager owner, NDArray weight, boolean half) {
    NDArray step;
    try (NDManager scope = owner.newSubManager()) {
      step = Leaves.copy(owner, startingSteps(torch, scope, weight, bits, groupSize));
    }
    long elements = weight.size() / step.size();
    return new Begun(
        FakeQuantizers.learnedStep(step, StepPlan.signed(bits, elements, groupSize, half)),
        Map.of("weight_step", step));
  }

  private Begun grids(TorchSession torch, NDManager owner, NDArray weight, boolean half) {
    Map<String, NDArray> learned = new LinkedHashMap<>();
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> start = startingGrid(torch, scope, weight, bits, groupSize);
      learned.put("weight_scale", Leaves.copy(owner, start.get(0)));
      learned.put("weight_zero", Leaves.copy(owner, start.get(1)));
    }
    List<NDArray> both = List.copyOf(learned.values());
    return new Begun(
        FakeQuantizers.learnedGrid(both.get(0), both.get(1), bits, groupSize, half), learned);
  }

  /** The steps that LSQ begins with, float32 [out, groups]. */
  static NDArray startingSteps(
      TorchSession torch, NDManager owner, NDArray weight, int bits, int groupSize) {
    return starts(torch).call(owner, "steps", weight, FakeQuantizers.size(groupSize), (long) bits);
  }

  /** Scales and zeros that EfficientQAT begins with, float32 [out, groups] each. */
  static List<NDArray> startingGrid(
      TorchSession torch, NDManager owner, NDArray weight, int bits, int groupSize) {
    return starts(torch)
        .callForList(owner, "range", weight, FakeQuantizers.size(groupSize), (long) bits);
  }

  private static ScriptModule starts(TorchSession torch) {
    return torch.script(GridPlan.class, "starts.py");
  }
}
