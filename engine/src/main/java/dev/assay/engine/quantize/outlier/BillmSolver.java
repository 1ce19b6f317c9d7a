package dev.assay.engine.quantize.outlier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.quantize.InverseHessian;
import dev.assay.engine.quantize.NotPositiveDefiniteException;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.outlier.SignsWeight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * BiLLM for one linear layer, block of columns by block: which columns are salient, and from what
 * magnitude on the others are large, is searched for the least error of the scores; later blocks
 * make up for the error of a whole block.
 *
 * <p>Follows the authors' code: scores by magnitude are the weights with their signs; the other
 * columns are judged with two levels of signs while salient ones are searched for, and have one in
 * the end. A block of fewer columns than may be salient, which that code cannot search, has at
 * least one that is not; a weight that is exactly its group's mean, which that code leaves there,
 * counts as above it.
 *
 * @see <a href="https://arxiv.org/abs/2402.04291">Huang et al. 2024, BiLLM</a>
 * @see <a href="https://github.com/Aaronhuang-778/BiLLM/blob/dc137eb/bigptq.py">bigptq.py</a>
 */
public final class BillmSolver {
  private static final String COLUMNS = "/dev/assay/engine/quantize/columns.py";

  private final TorchSession torch;
  private final BillmParameters parameters;
  private final ScriptModule script;

  public BillmSolver(TorchSession torch, BillmParameters parameters) {
    this.torch = torch;
    this.parameters = parameters;
    this.script = torch.script(BillmSolver.class, COLUMNS, "billm.py");
  }

  /**
   * What BiLLM made of a weight.
   *
   * @param weight in its stored form, with float32 levels
   * @param dequantized the values that it stands for, float32 [out, in]
   * @param loss ½ Σ ((w − q) / U_jj)²; 0 where errors are not made up for
   * @param damping share of the mean diagonal that was added to the Hessian's diagonal; the one
   *     asked for where the Hessian is not looked at
   * @param note how the solver departed from its parameters; null if it did not
   */
  public record Result(
      SignsWeight weight,
      NDArray dequantized,
      double loss,
      double damping,
      @Nullable String note) {}

  /**
   * Quantizes a weight.
   *
   * @param owner manager that will own the result's tensors
   * @param weight float32 [out, in]; it is not changed
   * @param hessian float32 [in, in], (2/n) Σ x xᵀ over n sequences; it is not changed, and not
   *     looked at where the parameters do without
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if the weight or the Hessian is not finite, or if the Hessian is
   *     not positive definite with damping raised as {@link InverseHessian} says
   */
  public Result solve(NDManager owner, NDArray weight, NDArray hessian) {
    TensorChecks.shape("weight", weight, -1, -1);
    long in = weight.getShape().get(1);
    TensorChecks.finite(torch, "weight", weight);
    try (NDManager scope = owner.newSubManager()) {
      if (parameters.weightsAlone()) {
        NDArray none = scope.create(new float[0], new Shape(0, 0));
        return blocks(owner, scope, weight, none, parameters.dampPercent(), null);
      }
      TensorChecks.shape("Hessian", hessian, in, in);
      double damping = parameters.dampPercent();
      InverseHessian inverse =
          InverseHessian.of(torch, scope, hessian, false, damping)
              .orElseThrow(
                  () -> new NotPositiveDefiniteException(InverseHessian.greatestDamping(damping)));
      NDArray alive = script.call(scope, "without_dead_columns", weight, inverse.dead());
      return blocks(owner, scope, alive, inverse.upper(), inverse.damping(), inverse.note(damping));
    }
  }

  private Result blocks(
      NDManager owner,
      NDManager scope,
      NDArray weight,
      NDArray upper,
      double damping,
      @Nullable String note) {
    List<NDArray> found =
        script.callForList(
            scope,
            "billm_blocks",
            weight,
            upper,
            parameters.metric() == Metric.HESSIAN,
            parameters.errorFeedback(),
            (long) parameters.blockSize(),
            (long) parameters.salientColumns());
    double loss = found.get(4).getDouble();
    found.subList(0, 4).forEach(tensor -> tensor.attach(owner));
    return new Result(
        new SignsWeight(found.get(1), found.get(2), found.get(3), parameters.blockSize()),
        found.get(0),
        loss,
        damping,
        note);
  }
}
