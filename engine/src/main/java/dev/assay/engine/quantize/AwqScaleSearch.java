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
 * module's output least wins. While text is left, ratios that are clearly behind are given up, see
 * {@link CandidateRace}.
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
  private final boolean racing;
  private final ScriptModule script;

  /** A search with the bits, groups, grid points and duo scaling that the parameters say. */
  public AwqScaleSearch(TorchSession torch, AwqParameters parameters) {
    this.torch = torch;
    this.grid = new AwqGrid(parameters.bits(), parameters.groupSize());
    this.points = parameters.gridPoints();
    this.duo = parameters.duoScaling();
    this.racing = parameters.racing();
    this.script = torch.script(AwqScaleSearch.class, AwqGrid.SCRIPT, "awq_scale.py");
  }

  /**
   * Searches the scales of weights that share an input.
   *
   * @param owner manager that will own the scales
   * @param meanAbs float32 [in], mean |x| over the calibration tokens
   * @param weights all weights that take this input, float32 [out, in] each
   * @param module what to keep; its first outputs are asked for with the weights as given, unless
   *     it is no more than its linears, of which the inputs are enough
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if a weight, a mean or every loss is not finite
   */
  public AwqScales search(
      NDManager owner, NDArray meanAbs, List<NDArray> weights, InspectedModule module) {
    check(meanAbs, weights);
    long group = grid.group(meanAbs.getShape().get(0));
    try (NDManager scope = owner.newSubManager()) {
      NDArray magnitudes =
          duo
              ? script.call(scope, "awq_magnitudes", weights, group)
              : scope.create(new float[0], new Shape(0));
      // Under duo scaling no ratio leaves the channels as they are, which is one candidate more.
      CandidateRace race = new CandidateRace(duo ? points + 1 : points, racing);
      OutputLoss loss =
          module
              .linearInputs()
              .<OutputLoss>map(inputs -> new LinearLoss(script, scope, weights, inputs))
              .orElseGet(() -> new ModuleLoss(script, scope, weights, module));
      while (!race.decided(loss.batches())) {
        int from = race.seen();
        int to = race.next(loss.batches());
        for (int k : race.candidates()) {
          try (NDManager trial = scope.newSubManager()) {
            NDArray scales = scales(trial, meanAbs, magnitudes, k);
            race.add(k, loss.of(trial, rounded(trial, weights, scales), from, to));
          }
        }
        race.turn(to);
      }
      int best =
          race.winner()
              .orElseThrow(
                  () ->
                      new NonFiniteValueException(
                          "no scale ratio gives a finite output of the inspected module"));
      return new AwqScales(
          best == points ? Double.NaN : (double) best / points,
          scales(owner, meanAbs, magnitudes, best),
          race.losses().subList(0, points),
          race.losses().get(best));
    }
  }

  private NDArray scales(NDManager owner, NDArray meanAbs, NDArray magnitudes, int k) {
    if (k == points) {
      NDArray ones = meanAbs.onesLike();
      ones.attach(owner);
      return ones;
    }
    return script.call(owner, "awq_scales", meanAbs, magnitudes, (double) k / points);
  }

  private List<NDArray> rounded(NDManager owner, List<NDArray> weights, NDArray scales) {
    List<NDArray> rounded = new ArrayList<>();
    for (NDArray weight : weights) {
      rounded.add(
          script.call(
              owner,
              "awq_scaled_round_trip",
              weight,
              scales,
              grid.group(weight.getShape().get(1)),
              grid.maxCode()));
    }
    return rounded;
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
