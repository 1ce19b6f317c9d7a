package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LowRankWeight;
import java.util.List;
import java.util.Optional;

/**
 * Factors weights, in float64; what comes out is float32. What inputs count by makes the methods:
 * nothing (SVD), a scale each (ASVD), or their second moments (SVD-LLM); or what outputs count by
 * (FWSVD).
 *
 * @see <a href="https://arxiv.org/abs/2312.05821">Yuan et al. 2023, ASVD</a>
 * @see <a href="https://arxiv.org/abs/2403.07378">Wang et al. 2024, SVD-LLM</a>
 */
public final class LowRankSolver {
  private final TorchSession torch;
  private final ScriptModule script;

  public LowRankSolver(TorchSession torch) {
    this.torch = torch;
    this.script = torch.script(LowRankSolver.class, "low_rank.py");
  }

  /**
   * The nearest matrix of a rank.
   *
   * @param weight float32 [out, in]
   * @param rank at least 1, at most the smaller of out and in
   */
  public LowRankWeight plain(NDManager owner, NDArray weight, long rank) {
    require(weight, rank);
    return factors(script.callForList(owner, "plain", weight, rank));
  }

  /**
   * The nearest where inputs count by a scale.
   *
   * @param scale float32 [in], above 0
   */
  public LowRankWeight scaled(NDManager owner, NDArray weight, NDArray scale, long rank) {
    require(weight, rank);
    TensorChecks.shape("scale", scale, weight.getShape().get(1));
    TensorChecks.finite(torch, "scale", scale);
    return factors(script.callForList(owner, "scaled", weight, scale, rank));
  }

  /**
   * The one whose outputs are nearest.
   *
   * @param moments float32 or float64 [in, in], Σ x xᵀ of the inputs, times any number above 0
   */
  public LowRankWeight whitened(NDManager owner, NDArray weight, NDArray moments, long rank) {
    require(weight, rank);
    requireMoments(weight, moments);
    return factors(script.callForList(owner, "whitened", weight, moments, rank));
  }

  /**
   * The nearest where outputs count by a weight, as FWSVD has it.
   *
   * @param rows float32 [out], from 0
   * @see <a href="https://arxiv.org/abs/2207.00112">Hsu et al. 2022, FWSVD</a>
   */
  public LowRankWeight weighted(NDManager owner, NDArray weight, NDArray rows, long rank) {
    require(weight, rank);
    TensorChecks.shape("row weights", rows, weight.getShape().get(0));
    TensorChecks.finite(torch, "row weights", rows);
    return factors(script.callForList(owner, "weighted", weight, rows, rank));
  }

  /**
   * The squared singular values of a weight, falling: what a product of a rank loses is the sum of
   * those behind it.
   *
   * @param weight float32 [out, in]
   * @return as many as the smaller of out and in
   */
  double[] squares(NDArray weight) {
    return values(script.call(weight.getManager(), "squares", weight));
  }

  /**
   * The same where inputs count by their second moments, so that what is lost is the squared error
   * of outputs.
   *
   * @param moments float32 or float64 [in, in], Σ x xᵀ of the inputs, times any number above 0
   */
  double[] squares(NDArray weight, NDArray moments) {
    requireMoments(weight, moments);
    return values(script.call(weight.getManager(), "whitened_squares", weight, moments));
  }

  private static double[] values(NDArray values) {
    try (values) {
      return values.toDoubleArray();
    }
  }

  /**
   * The product of the first factors.
   *
   * @param rank how many
   * @return float32 [out, in]
   */
  static NDArray product(NDManager owner, LowRankWeight factors, long rank) {
    String first = "0:" + rank;
    try (NDManager scope = owner.newSubManager()) {
      NDArray up = factors.up().get(":, " + first);
      NDArray down = factors.down().get(first);
      up.attach(scope);
      down.attach(scope);
      NDArray product = up.matMul(down);
      product.attach(owner);
      return product;
    }
  }

  /**
   * The same with another left factor: that whose outputs are nearest on other inputs.
   *
   * @param moments [in, in], Σ x xᵀ of those, times any number above 0
   */
  public LowRankWeight updated(
      NDManager owner, NDArray weight, LowRankWeight factors, NDArray moments) {
    require(weight, factors.rank());
    requireMoments(weight, moments);
    NDArray up = script.call(owner, "updated", weight, factors.down(), moments);
    return new LowRankWeight(up, torch.tensors().copy(owner, factors.down()), DType.FLOAT32);
  }

  /**
   * The scale of inputs by a statistic of their magnitudes.
   *
   * @param statistic float32 [in]
   * @param alpha its power
   */
  NDArray scale(NDManager owner, NDArray statistic, double alpha) {
    return script.call(owner, "activation_scale", statistic, alpha);
  }

  /** Why a linear can have no product of a rank, if it cannot. */
  static Optional<String> misfit(long rank, long out, long in) {
    long most = Math.min(out, in);
    return rank <= most
        ? Optional.empty()
        : Optional.of("rank: found %d, expected at most %d".formatted(rank, most));
  }

  /** Float32 or float64. */
  void requireMoments(NDArray weight, NDArray moments) {
    long in = weight.getShape().get(1);
    if (!moments.getShape().equals(new Shape(in, in))) {
      throw new IllegalArgumentException(
          "second moments: found %s, expected (%d, %d)".formatted(moments.getShape(), in, in));
    }
    TensorChecks.finite(torch, "second moments", moments);
  }

  /** A finite weight, and a rank that it can have. */
  void require(NDArray weight, long rank) {
    TensorChecks.shape("weight", weight, -1, -1);
    TensorChecks.finite(torch, "weight", weight);
    Shape shape = weight.getShape();
    if (rank < 1 || rank > Math.min(shape.get(0), shape.get(1))) {
      throw new IllegalArgumentException("found rank %d of a weight %s".formatted(rank, shape));
    }
  }

  static LowRankWeight factors(List<NDArray> both) {
    return new LowRankWeight(both.get(0), both.get(1), DType.FLOAT32);
  }
}
