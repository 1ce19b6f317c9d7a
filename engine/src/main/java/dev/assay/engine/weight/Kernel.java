package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * A way to multiply by stored weights, found by {@link java.util.ServiceLoader}. Adding one takes a
 * class and its script.
 */
public interface Kernel {
  /** Name, for example {@code int4pack}. */
  String name();

  /**
   * Whether it takes weights. Of those that do the first in the order of the services runs.
   *
   * @param parts weights of one input, [out, in] each, which it is to multiply by as one
   */
  boolean accepts(List<StoredWeight> parts, KernelRuntime runtime);

  /**
   * Brings weights into the form in which they run.
   *
   * @param owner manager of the tensors
   * @param parts such as it accepts
   */
  RunnableLinear prepare(NDManager owner, List<StoredWeight> parts, KernelRuntime runtime);
}
