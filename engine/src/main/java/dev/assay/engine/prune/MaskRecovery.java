package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/**
 * Gives the weights that are left of a row the values whose outputs are nearest to those of the
 * whole row, by least squares for each row's own mask: the best that any update of them can do. A
 * row takes a factorisation of [in, in], so that it costs out · in³ / 3.
 */
public final class MaskRecovery {
  /** Of the mean second moment, so that inputs that say the same do no harm. */
  public static final double RIDGE = 1e-3;

  /** Numbers of the matrices that are factored at once: 128 MiB. */
  private static final long NUMBERS = 1 << 24;

  private MaskRecovery() {}

  /**
   * The weight that is left.
   *
   * @param weight float32 [out, in], whole
   * @param pruned what went of it
   * @param moments second moments of its inputs by any factor, [in, in]
   * @param ridge what is added to their diagonal, in the mean of it
   * @return float32 [out, in], 0 where pruned
   */
  public static NDArray recover(
      TorchSession torch,
      NDManager owner,
      NDArray weight,
      PrunedWeight pruned,
      NDArray moments,
      double ridge) {
    long in = weight.getShape().get(1);
    TensorChecks.shape("second moments", moments, in, in);
    TensorChecks.finite(torch, "second moments", moments);
    ScriptModule script = torch.script(MaskRecovery.class, "mask_recovery.py");
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = pruned.mask().neq(0);
      mask.attach(scope);
      long rows = Math.max(1, NUMBERS / (in * in));
      return script.call(owner, "recovered", weight, mask, moments, ridge, rows);
    }
  }
}
