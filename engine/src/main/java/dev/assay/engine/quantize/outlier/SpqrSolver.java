package dev.assay.engine.quantize.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.KeptZeros;
import dev.assay.engine.quantize.InverseHessian;
import dev.assay.engine.quantize.NotPositiveDefiniteException;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.outlier.BilevelWeight;
import dev.assay.engine.weight.outlier.GroupNumbers;
import dev.assay.engine.weight.outlier.NestedNumbers;
import dev.assay.engine.weight.outlier.SparseValues;
import java.util.List;

/**
 * SpQR for one linear layer: columns are rounded in turn as by GPTQ, on grids of small groups whose
 * scales and zeros lie on grids of their own; a weight whose error would be too large is kept.
 *
 * <p>Follows the authors' code: damping is added before columns without input are given a diagonal
 * of 1; a group's grid is fitted when the walk reaches it, on weights that have seen all updates
 * within the block of columns, without the weights that it would be better without; grids do not
 * reach to 0. Where all numbers that a grid is fitted to are the same, which that code gives the
 * grid from −1 to 1, it holds that number and 0.
 *
 * @see <a href="https://arxiv.org/abs/2306.03078">Dettmers et al. 2023, SpQR</a>
 * @see <a href="https://github.com/Vahe1994/SpQR/blob/543d10e/spqr_engine.py">spqr_engine.py</a>
 */
public final class SpqrSolver {
  private static final String COLUMNS = "/dev/assay/engine/quantize/columns.py";

  // What the script returns, in order.
  private static final int CODES = 0;
  private static final int VALUES = 1;
  private static final int OUTLIERS = 2;
  private static final int LOSS = 3;
  private static final int SCALES = 4;
  private static final int ZEROS = 5;
  private static final int SCALE_CODES = 6;
  private static final int ZERO_CODES = 9;

  private final TorchSession torch;
  private final SpqrParameters parameters;
  private final ScriptModule script;

  public SpqrSolver(TorchSession torch, SpqrParameters parameters) {
    this.torch = torch;
    this.parameters = parameters;
    this.script = torch.script(SpqrSolver.class, COLUMNS, "spqr.py");
  }

  /**
   * Quantizes a weight. Weights that were pruned before stay 0 where zeros are whole numbers.
   *
   * @param owner manager that will own the result's tensors
   * @param weight float32 [out, in]; it is not changed
   * @param hessian float32 [in, in], (2/n) Σ x xᵀ over n sequences; it is not changed
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if the weight or the Hessian is not finite, or if the Hessian is
   *     not positive definite with damping raised as {@link InverseHessian} says
   */
  public SpqrResult solve(NDManager owner, NDArray weight, NDArray hessian) {
    TensorChecks.shape("weight", weight, -1, -1);
    long in = weight.getShape().get(1);
    TensorChecks.shape("Hessian", hessian, in, in);
    TensorChecks.finite(torch, "weight", weight);
    double damping = parameters.dampPercent();
    try (NDManager scope = owner.newSubManager()) {
      InverseHessian inverse =
          InverseHessian.dampedFirst(torch, scope, hessian, parameters.actOrder(), damping)
              .orElseThrow(
                  () -> new NotPositiveDefiniteException(InverseHessian.greatestDamping(damping)));
      return walk(owner, scope, weight, inverse);
    }
  }

  private SpqrResult walk(
      NDManager owner, NDManager scope, NDArray weight, InverseHessian inverse) {
    NDArray columns = script.call(scope, "visiting_order", weight, inverse.dead(), inverse.order());
    NDArray kept = kept(scope, weight, inverse);
    double relative = parameters.outlierThreshold();
    double threshold =
        relative == 0
            ? Double.POSITIVE_INFINITY
            : script.callForDouble("outlier_threshold", columns, inverse.upper(), relative);
    long in = weight.getShape().get(1);
    int groupSize =
        parameters.groupSize() == GridForm.PER_CHANNEL
            ? Math.toIntExact(in)
            : parameters.groupSize();
    List<NDArray> walked =
        script.callForList(
            scope,
            "spqr_columns",
            columns,
            inverse.upper(),
            kept,
            threshold,
            (long) groupSize,
            (long) parameters.blockSize(),
            (1L << parameters.bits()) - 1,
            parameters.greatestScaleCode(),
            parameters.greatestZeroCode(),
            (long) parameters.numbersGroupSize(),
            parameters.simplifiedOutliers(),
            parameters.roundZero());
    NDArray values = script.call(scope, "transposed", walked.get(VALUES));
    NDArray outliers = script.call(scope, "transposed", walked.get(OUTLIERS));
    boolean ordered = parameters.actOrder();
    BilevelWeight stored =
        new BilevelWeight(
            script.call(owner, "transposed", walked.get(CODES)),
            numbers(owner, walked, SCALES, SCALE_CODES, parameters.scaleBits(), weight),
            numbers(owner, walked, ZEROS, ZERO_CODES, parameters.zeroBits(), weight),
            SparseValues.of(torch, owner, values, outliers),
            ordered ? order(owner, inverse) : null,
            parameters.bits(),
            groupSize);
    return new SpqrResult(
        stored,
        script.call(owner, "original_order", walked.get(VALUES), inverse.order()),
        threshold,
        walked.get(LOSS).getDouble() / 2,
        inverse.damping(),
        inverse.note(parameters.dampPercent()));
  }

  private NDArray order(NDManager owner, InverseHessian inverse) {
    try (NDManager scope = owner.newSubManager()) {
      return torch.tensors().copy(owner, torch.tensors().cast(scope, inverse.order(), DType.INT32));
    }
  }

  /** Which weights are to stay 0, in visiting order; none where 0 is on no grid. */
  private NDArray kept(NDManager scope, NDArray weight, InverseHessian inverse) {
    NDArray kept = KeptZeros.of(torch, scope, weight);
    boolean onGrid = parameters.roundZero() && parameters.greatestZeroCode() == 0;
    if (!KeptZeros.any(kept) || !onGrid) {
      return script.call(scope, "nothing_kept", weight);
    }
    return script.call(scope, "kept_in_order", kept, inverse.order());
  }

  private GroupNumbers numbers(
      NDManager owner, List<NDArray> walked, int at, int codes, int bits, NDArray weight) {
    if (walked.get(codes).getShape().size() == 0) {
      return new GroupNumbers.Plain(script.call(owner, "transposed", walked.get(at)));
    }
    return new NestedNumbers(
        script.call(owner, "transposed_bytes", walked.get(codes)),
        script.call(owner, "transposed", walked.get(codes + 1)),
        script.call(owner, "transposed", walked.get(codes + 2)),
        owner.create(
            NestedNumbers.inOrder(weight.getShape().get(0), parameters.numbersGroupSize())),
        bits,
        parameters.numbersGroupSize());
  }
}
