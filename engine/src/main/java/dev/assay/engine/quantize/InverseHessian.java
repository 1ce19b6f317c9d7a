package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The upper Cholesky factor U of the inverse of the damped Hessian, H⁻¹ = UᵀU, from which GPTQ and
 * SparseGPT read by how much the columns not yet visited make up for an error.
 *
 * <p>Where the damped Hessian is not positive definite in float32, damping is raised through 0.01,
 * 0.02, 0.05, 0.1, 0.2, 0.5 to 1 times the mean diagonal.
 *
 * @param upper float32 [in, in], rows and columns in visiting order
 * @param order int64 [in], the column visited j-th
 * @param dead bool [in], columns that never had an input (diagonal 0), in original order
 * @param damping share of the mean diagonal that was added in the end
 */
public record InverseHessian(NDArray upper, NDArray order, NDArray dead, double damping) {
  private static final double[] RAISED = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};

  /**
   * Factorises a Hessian.
   *
   * @param hessian float32 [in, in], as gathered; it is not changed
   * @param byDiagonal whether columns are visited by falling diagonal (act-order)
   * @param damping share of the mean diagonal to begin with
   * @return nothing if it is not positive definite even with the greatest damping
   * @throws ArithmeticException if the Hessian is not finite
   */
  public static Optional<InverseHessian> of(
      TorchSession torch, NDManager owner, NDArray hessian, boolean byDiagonal, double damping) {
    return of(torch, owner, hessian, byDiagonal, damping, false);
  }

  /**
   * The same with damping by the mean of the diagonal as it is, before columns that never had an
   * input are given 1, as SpQR's code has it.
   *
   * @return nothing if it is not positive definite even with the greatest damping
   * @throws ArithmeticException if the Hessian is not finite
   */
  public static Optional<InverseHessian> dampedFirst(
      TorchSession torch, NDManager owner, NDArray hessian, boolean byDiagonal, double damping) {
    return of(torch, owner, hessian, byDiagonal, damping, true);
  }

  private static Optional<InverseHessian> of(
      TorchSession torch,
      NDManager owner,
      NDArray hessian,
      boolean byDiagonal,
      double damping,
      boolean dampedFirst) {
    TensorChecks.finite(torch, "Hessian", hessian);
    ScriptModule script = torch.script(InverseHessian.class, "inverse_factor.py");
    NDArray dead = script.call(owner, "dead_columns", hessian);
    try (NDManager scope = owner.newSubManager()) {
      NDArray order =
          byDiagonal
              ? script.call(owner, "falling_diagonal", hessian, dead, dampedFirst)
              : owner.create(LongStream.range(0, hessian.getShape().get(0)).toArray());
      for (double share : schedule(damping)) {
        List<NDArray> result =
            script.callForList(
                scope, "inverse_factor", hessian, dead, order, byDiagonal, share, dampedFirst);
        if (result.get(1).toIntArray()[0] == 0) {
          result.get(0).attach(owner);
          return Optional.of(new InverseHessian(result.get(0), order, dead, share));
        }
        result.forEach(NDArray::close);
      }
      order.close();
    }
    dead.close();
    return Optional.empty();
  }

  /** What to say of a damping other than the one asked for; null if it is the same. */
  public @Nullable String note(double asked) {
    return damping == asked ? null : "damping raised from " + asked + " to " + damping;
  }

  /**
   * That the damping was raised, if so.
   *
   * @param asked the damping asked for
   * @param used the one that was added in the end
   */
  public static Optional<Substitution> raised(double asked, double used) {
    return used <= asked
        ? Optional.empty()
        : Optional.of(
            new Substitution(
                "damping of " + asked,
                "damping of " + used,
                "the Hessian is not positive definite"));
  }

  /** The damping that is tried last. */
  public static double greatestDamping(double damping) {
    double[] tried = schedule(damping);
    return tried[tried.length - 1];
  }

  /** The dampings that are tried, in order. */
  private static double[] schedule(double damping) {
    return DoubleStream.concat(
            DoubleStream.of(damping), DoubleStream.of(RAISED).filter(share -> share > damping))
        .toArray();
  }
}
