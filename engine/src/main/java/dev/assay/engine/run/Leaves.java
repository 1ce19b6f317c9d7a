package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;

/**
 * Tensors that a backward pass may go through: what scripts make outside of training cannot be
 * saved for one, and what Java makes does not own its memory; copies can, and do.
 */
public final class Leaves {
  private Leaves() {}

  /** A copy that the owner closes. */
  public static NDArray copy(NDManager owner, NDArray tensor) {
    NDArray copy = tensor.duplicate();
    copy.attach(owner);
    return copy;
  }

  /** A view of a leaf that no gradient goes through, which the scope closes. */
  public static NDArray detached(NDManager scope, NDArray leaf) {
    NDArray detached = leaf.stopGradient();
    detached.attach(scope);
    return detached;
  }

  /** Puts copies in the place of all that a module loads. */
  public static void own(NDManager owner, ModuleNode module) {
    module.tensors().replaceAll((name, tensor) -> copy(owner, tensor));
  }
}
