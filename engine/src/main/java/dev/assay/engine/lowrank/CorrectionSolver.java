package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LowRankWeight;

/**
 * Products of a rank that are nearest to what compression has taken from a weight, the error W − Q.
 *
 * @see <a href="https://arxiv.org/abs/2402.02446">Zhang et al. 2024, LQER</a>
 * @see <a href="https://arxiv.org/abs/2410.21271">Liu et al. 2024, EoRA</a>
 */
public final class CorrectionSolver {
  private final LowRankSolver factors;
  private final ScriptModule script;

  public CorrectionSolver(TorchSession torch) {
    this.factors = new LowRankSolver(torch);
    this.script = torch.script(CorrectionSolver.class, "low_rank.py");
  }

  /** The nearest, as LQER has it. */
  public LowRankWeight plain(NDManager owner, NDArray error, long rank) {
    return factors.plain(owner, error, rank);
  }

  /**
   * The nearest where inputs count by a scale, as L²QER has it.
   *
   * @param scale float32 [in], above 0
   */
  public LowRankWeight scaled(NDManager owner, NDArray error, NDArray scale, long rank) {
    return factors.scaled(owner, error, scale, rank);
  }

  /**
   * L²QER's scale of inputs.
   *
   * @param greatestMeans float32 [in], of each the greatest over samples of its mean magnitude
   */
  public NDArray scale(NDManager owner, NDArray greatestMeans) {
    return script.call(owner, "correction_scale", greatestMeans);
  }

  /**
   * The one whose outputs are nearest, as EoRA has it: of directions in which inputs hardly vary it
   * takes nothing.
   *
   * @param moments [in, in], Σ x xᵀ of the inputs, times any number above 0
   */
  public LowRankWeight projected(NDManager owner, NDArray error, NDArray moments, long rank) {
    factors.require(error, rank);
    factors.requireMoments(error, moments);
    return LowRankSolver.factors(script.callForList(owner, "within_inputs", error, moments, rank));
  }
}
