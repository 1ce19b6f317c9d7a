package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Optional;

/**
 * The weights that an earlier stage, or whoever made the checkpoint, has pruned: where at least one
 * of a hundred weights of a linear is exactly 0 those are taken to be meant, and a method that
 * moves weights before it rounds them leaves them at 0. Fewer are left to chance.
 */
public final class KeptZeros {
  /** Share of the weights from which on zeros are meant. */
  public static final double LEAST_SHARE = 0.01;

  private KeptZeros() {}

  /**
   * Which weights are to stay 0.
   *
   * @param weight float32 [out, in]
   * @return bool [out, in]; without elements where there are none to keep
   */
  public static NDArray of(TorchSession torch, NDManager owner, NDArray weight) {
    ScriptModule script = torch.script(KeptZeros.class, "kept_zeros.py");
    return script.callForDouble("zeros_share", weight) < LEAST_SHARE
        ? script.call(owner, "none", weight)
        : script.call(owner, "zeros", weight);
  }

  /** Whether there are any. */
  public static boolean any(NDArray kept) {
    return kept.getShape().size() > 0;
  }

  /**
   * What to say where pruned weights did not stay 0.
   *
   * @param before float32 [out, in]
   * @param after the same, once it is stored
   */
  static Optional<String> lost(TorchSession torch, NDArray before, NDArray after) {
    ScriptModule script = torch.script(KeptZeros.class, "kept_zeros.py");
    if (script.callForDouble("zeros_share", before) < LEAST_SHARE) {
      return Optional.empty();
    }
    long lost = script.callForLong("lost", before, after);
    return lost == 0
        ? Optional.empty()
        : Optional.of(
            "%d of %d pruned weights are no longer 0"
                .formatted(lost, script.callForLong("count", before)));
  }
}
