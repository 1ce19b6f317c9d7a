package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.prune.SparseGptParameters.JointQuantization;
import dev.assay.engine.quantize.InverseHessian;
import dev.assay.engine.quantize.NotPositiveDefiniteException;
import dev.assay.engine.quantize.Notes;
import dev.assay.engine.quantize.OneSidedGroups;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SparseGPT for one linear layer: weights are removed column by column, and the columns not yet
 * visited make up for the error.
 *
 * <p>As in the authors' code an unstructured mask is chosen once a block for all rows together, by
 * a threshold up to and with which scores go, so that one entry more than the ratio says is pruned;
 * n:m masks are chosen for each run of m columns on weights updated so far. A shorter last run
 * keeps n weights too. With joint quantization one grid a row is fitted on the weight as given.
 *
 * @see <a href="https://arxiv.org/abs/2301.00774">Frantar and Alistarh 2023, SparseGPT</a>
 * @see <a href="https://github.com/IST-DASLab/sparsegpt/blob/147d215/sparsegpt.py">sparsegpt.py</a>
 */
public final class SparseGptSolver {
  private static final String GRID = "/dev/assay/engine/quantize/uniform_grid.py";
  private static final String COLUMNS = "/dev/assay/engine/quantize/columns.py";

  private final TorchSession torch;
  private final SparseGptParameters parameters;

  public SparseGptSolver(TorchSession torch, SparseGptParameters parameters) {
    this.torch = torch;
    this.parameters = parameters;
  }

  /**
   * Prunes a weight.
   *
   * @param owner manager that will own the result's tensors
   * @param weight float32 [out, in]; it is not changed
   * @param hessian float32 [in, in], (2/n) Σ x xᵀ over n sequences; it is not changed
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if the weight or the Hessian is not finite, or if the Hessian is
   *     not positive definite with damping raised as {@link InverseHessian} says
   */
  public SparseGptResult solve(NDManager owner, NDArray weight, NDArray hessian) {
    TensorChecks.shape("weight", weight, -1, -1);
    long columns = weight.getShape().get(1);
    TensorChecks.shape("Hessian", hessian, columns, columns);
    TensorChecks.finite(torch, "weight", weight);
    double damping = parameters.dampPercent();
    try (NDManager scope = owner.newSubManager()) {
      Optional<InverseHessian> inverse = InverseHessian.of(torch, scope, hessian, false, damping);
      return walk(
          owner,
          scope,
          weight,
          inverse.orElseThrow(
              () -> new NotPositiveDefiniteException(InverseHessian.greatestDamping(damping))));
    }
  }

  private SparseGptResult walk(
      NDManager owner, NDManager scope, NDArray weight, InverseHessian inverse) {
    ScriptModule script =
        torch.script(SparseGptSolver.class, GRID, COLUMNS, SmallestScores.SCRIPT, "sparsegpt.py");
    Sparsity.@Nullable NofM pattern =
        parameters.sparsity() instanceof Sparsity.NofM found ? found : null;
    JointQuantization joint = parameters.quantization();
    UniformGrid grid =
        joint == null
            ? null
            : new UniformGrid(joint.bits(), GridForm.PER_CHANNEL, joint.symmetric(), false);
    UniformGrid.Fit fit = grid == null ? null : grid.fit(torch, owner, weight);
    NDArray none = scope.create(new float[0], new Shape(0));
    List<NDArray> walked =
        script.callForList(
            scope,
            "sparsegpt_columns",
            script.call(scope, "visiting_order", weight, inverse.dead(), inverse.order()),
            inverse.upper(),
            parameters.sparsity().ratio(),
            pattern == null ? 0L : (long) pattern.pruned(),
            pattern == null ? 0L : (long) pattern.m(),
            (long) parameters.blockSize(),
            fit == null ? none : fit.scales().flatten(),
            fit == null ? none : fit.zeros().flatten(),
            grid == null ? 0L : grid.maxCode());
    QuantizedWeight quantized = null;
    if (grid != null && fit != null) {
      quantized = grid.assemble(owner, script.call(owner, "transposed", walked.get(0)), fit);
    }
    return new SparseGptResult(
        script.call(owner, "transposed", walked.get(1)),
        script.call(owner, "transposed", walked.get(2)),
        quantized,
        walked.get(3).getDouble(),
        inverse.damping(),
        Notes.joined(
            List.of(
                Optional.ofNullable(inverse.note(parameters.dampPercent())),
                grid == null
                    ? Optional.empty()
                    : OneSidedGroups.note(
                        grid.oneSided(torch, weight), weight.getShape().get(0)))));
  }
}
