package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

/**
 * AWQ's search for the scales of input channels. For k = 0 … points − 1 and r = k / points the
 * scales are s = max(x̄^r, 1e-4), divided by √(max s · min s), where x̄ is the mean |x| of a
 * channel; every weight W becomes Q(W · s) / s, and the r whose weights change the inspected
 * module's output least wins.
 *
 * <p>Duo scaling, which AutoAWQ added, takes s = max(x̄^r / (w̄^(1−r) + 1e-4), 1e-4), w̄ being the
 * mean over rows of |w| relative to the greatest |w| of its group.
 *
 * @see <a href="https://arxiv.org/abs/2306.00978">Lin et al. 2023, AWQ</a>
 * @see <a href="https://github.com/mit-han-lab/llm-awq/blob/d6e797a/awq/quantize/auto_scale.py">
 *     auto_scale_block</a>
 */
public final class AwqScaleSearch {
  private final TorchSession torch;
  private final AwqGrid grid;
  private final int points;
  private final boolean duo;
  private final ScriptModule script;

  /** A search with the bits, groups, grid points and duo scaling that the parameters say. */
  public AwqScaleSearch(TorchSession torch, AwqParameters parameters) {
    this.torch = torch;
    this.grid = new AwqGrid(parameters.bits(), parameters.groupSize());
    this.points = parameters.gridPoints();
    this.duo = parameters.duoScaling();
    this.script = torch.script(AwqScaleSearch.class, AwqGrid.SCRIPT, "awq_scale.py");
  }

  /**
   * Searches the scales of weights that share an input.
   *
   * @param owner manager that will own the scales
   * @param meanAbs float32 [in], mean |x| over the calibration tokens
   * @param weights all weights that take this input, float32 [out, in] each
   * @param module what to keep; its first outputs are asked for with the weights as given
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if a weight, a mean or every loss is not finite
   */
  public AwqScales search(
      NDManager owner, NDArray meanAbs, List<NDArray> weights, InspectedModule module) {
    check(meanAbs, weights);
    long group = grid.group(meanAbs.getShape().get(0));
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> goal = new ArrayList<>();
      try (InspectedModule.Bound original = module.bind(weights)) {
        for (int batch = 0; batch < module.batches(); batch++) {
          goal.add(original.output(scope, batch));
        }
      }
      NDArray magnitudes =
          duo
              ? script.call(scope, "awq_magnitudes", weights, group)
              : scope.create(new float[0], new Shape(0));
      List<Double> losses = new ArrayList<>();
      int best = -1;
      for (int k = 0; k < points; k++) {
        losses.add(loss(scope, scales(scope, meanAbs, magnitudes, k), weights, module, goal));
        if (Double.isFinite(losses.get(k)) && (best < 0 || losses.get(k) < losses.get(best))) {
          best = k;
        }
      }
      if (best < 0) {
        throw new NonFiniteValueException(
            "no scale ratio gives a finite output of the inspected module");
      }
      return new AwqScales(
          (double) best / points, scales(owner, meanAbs, magnitudes, best), losses);
    }
  }

  private NDArray scales(NDManager owner, NDArray meanAbs, NDArray magnitudes, int k) {
    return script.call(owner, "awq_scales", meanAbs, magnitudes, (double) k / points);
  }

  private double loss(
      NDManager parent,
      NDArray scales,
      List<NDArray> weights,
      InspectedModule module,
      List<NDArray> goal) {
    try (NDManager scope = parent.newSubManager()) {
      List<NDArray> candidates = new ArrayList<>();
      for (NDArray weight : weights) {
        candidates.add(
            script.call(
                scope,
                "awq_scaled_round_trip",
                weight,
                scales,
                grid.group(weight.getShape().get(1)),
                grid.maxCode()));
      }
      double squares = 0;
      long count = 0;
      try (InspectedModule.Bound candidate = module.bind(candidates)) {
        for (int batch = 0; batch < goal.size(); batch++) {
          try (NDManager forward = scope.newSubManager()) {
            NDArray output = candidate.output(forward, batch);
            squares += script.callForDouble("squared_difference", goal.get(batch), output);
            count += output.getShape().size();
          }
        }
      }
      return squares / count;
    }
  }

  private void check(NDArray meanAbs, List<NDArray> weights) {
    TensorChecks.shape("mean input magnitudes", meanAbs, -1);
    TensorChecks.finite(torch, "mean input magnitudes", meanAbs);
    if (weights.isEmpty()) {
      throw new IllegalArgumentException("no weights to scale");
    }
    for (NDArray weight : weights) {
      TensorChecks.shape("weight", weight, -1, meanAbs.getShape().get(0));
      TensorChecks.finite(torch, "weight", weight);
    }
  }
}
