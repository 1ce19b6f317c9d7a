package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.calibration.KeptZeros;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * GPTQ for one linear layer: columns are rounded in turn, and the rounding error of each is spread
 * over the columns not yet visited so that the layer's output changes least.
 *
 * <p>Follows the authors' code also where papers leave room: a column without input is set to 0;
 * one grid a row is fitted on the weight as given; grids of groups are fitted when the walk reaches
 * them, on weights that have seen the updates of finished blocks only, or beforehand with static
 * groups.
 *
 * @see <a href="https://arxiv.org/abs/2210.17323">Frantar et al. 2022, GPTQ</a>
 * @see <a href="https://github.com/IST-DASLab/gptq/blob/2d65066/gptq.py">gptq.py</a>
 */
public final class GptqSolver {
  private final TorchSession torch;
  private final GptqParameters parameters;
  private final UniformGrid grid;

  public GptqSolver(TorchSession torch, GptqParameters parameters) {
    this.torch = torch;
    this.parameters = parameters;
    this.grid =
        new UniformGrid(
            parameters.bits(),
            parameters.groupSize(),
            parameters.symmetric(),
            parameters.mse(),
            parameters.wholeSteps());
  }

  /**
   * Quantizes a weight. Where the Hessian is not positive definite, damping is raised (see {@link
   * InverseHessian}) and in the end the weight is rounded to nearest; the result's note says so.
   * Weights that were pruned before stay 0, see {@link KeptZeros}.
   *
   * @param owner manager that will own the result's tensors
   * @param weight float32 [out, in]; it is not changed
   * @param hessian float32 [in, in], (2/n) Σ x xᵀ over n sequences; it is not changed
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if the weight or the Hessian is not finite
   */
  public GptqResult solve(NDManager owner, NDArray weight, NDArray hessian) {
    TensorChecks.shape("weight", weight, -1, -1);
    long columns = weight.getShape().get(1);
    TensorChecks.shape("Hessian", hessian, columns, columns);
    TensorChecks.finite(torch, "weight", weight);
    try (NDManager scope = owner.newSubManager()) {
      Optional<InverseHessian> inverse =
          InverseHessian.of(torch, scope, hessian, parameters.actOrder(), parameters.dampPercent());
      if (inverse.isEmpty()) {
        return roundToNearest(owner, weight, hessian);
      }
      return walk(owner, scope, weight, inverse.get());
    }
  }

  private GptqResult walk(
      NDManager owner, NDManager scope, NDArray weight, InverseHessian inverse) {
    ScriptModule script = script();
    long[] order = inverse.order().toLongArray();
    NDArray columns = script.call(scope, "visiting_order", weight, inverse.dead(), inverse.order());
    NDArray scales = scope.create(new float[0], new Shape(0, 0));
    NDArray zeros = scales;
    long fittedBefore = 0;
    if (!fitsOnTheWay()) {
      NDArray original =
          parameters.groupSize() == GridForm.PER_CHANNEL
              ? weight
              : script.call(scope, "without_dead_columns", weight, inverse.dead());
      UniformGrid.Fit fit = grid.fit(torch, scope, original);
      fittedBefore = grid.oneSided(torch, original);
      scales = script.call(scope, "transposed", fit.scales());
      zeros = script.call(scope, "transposed", fit.zeros());
    }
    long[] groupOfVisited = groups(LongStream.of(order));
    List<NDArray> walked =
        script.callForList(
            scope,
            "gptq_columns",
            columns,
            inverse.upper(),
            scales,
            zeros,
            groupOfVisited,
            script.call(
                scope, "kept_in_order", KeptZeros.of(torch, scope, weight), inverse.order()),
            (long) parameters.groupSize(),
            (long) parameters.blockSize(),
            grid.maxCode(),
            parameters.symmetric(),
            parameters.mse(),
            parameters.wholeSteps());
    long sided = fittedBefore;
    if (fitsOnTheWay() && parameters.symmetric()) {
      sided = walked.get(5).getLong();
    }
    int[] groupIndex = new int[order.length];
    for (int j = 0; j < order.length; j++) {
      groupIndex[(int) order[j]] =
          fitsOnTheWay() ? j / parameters.groupSize() : (int) groupOfVisited[j];
    }
    QuantizedWeight quantized =
        new QuantizedWeight(
            script.call(owner, "original_order", walked.get(0), inverse.order()),
            script.call(owner, "transposed", walked.get(2)),
            script.call(owner, "transposed", walked.get(3)),
            owner.create(groupIndex),
            form());
    NDArray dequantized = script.call(owner, "original_order", walked.get(1), inverse.order());
    inverse.order().attach(owner);
    return new GptqResult(
        quantized,
        dequantized,
        inverse.order(),
        walked.get(4).getDouble(),
        inverse.damping(),
        Notes.joined(
            List.of(
                Optional.ofNullable(inverse.note(parameters.dampPercent())),
                oneSided(sided, walked.get(2)))));
  }

  private GptqResult roundToNearest(NDManager owner, NDArray weight, NDArray hessian) {
    QuantizedWeight rounded = grid.round(torch, owner, weight, grid.fit(torch, owner, weight));
    NDArray dequantized = rounded.dequantize(torch, owner);
    double greatest = InverseHessian.greatestDamping(parameters.dampPercent());
    return new GptqResult(
        rounded,
        dequantized,
        owner.create(LongStream.range(0, weight.getShape().get(1)).toArray()),
        script().callForDouble("half_output_error", weight, dequantized, hessian),
        greatest,
        Notes.joined(
            List.of(
                Optional.of(
                    GptqResult.ROUNDED
                        + ": the Hessian is not positive definite with damping up to "
                        + greatest),
                oneSided(grid.oneSided(torch, weight), rounded.scales()))));
  }

  private static Optional<String> oneSided(long count, NDArray scales) {
    return OneSidedGroups.note(count, scales.getShape().size());
  }

  private boolean fitsOnTheWay() {
    return parameters.groupSize() != GridForm.PER_CHANNEL && !parameters.staticGroups();
  }

  private long[] groups(LongStream columns) {
    int size = parameters.groupSize();
    return columns.map(column -> size == GridForm.PER_CHANNEL ? 0 : column / size).toArray();
  }

  private GridForm form() {
    boolean ordered = !(parameters.actOrder() && fitsOnTheWay());
    return GridForm.published(
        parameters.bits(), parameters.groupSize(), parameters.symmetric(), ordered);
  }

  private ScriptModule script() {
    return torch.script(GptqSolver.class, UniformGrid.SCRIPT, "columns.py", "gptq.py");
  }
}
