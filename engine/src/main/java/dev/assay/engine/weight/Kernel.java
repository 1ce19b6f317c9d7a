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
   * @param input what is done to the input; a kernel that takes another than {@link PlainInput}
   *     does that itself
   * @param runtime type, device and processor that it is to run on
   */
  boolean accepts(List<StoredWeight> parts, InputScheme input, KernelRuntime runtime);

  /**
   * Brings weights into the form in which they run.
   *
   * @param owner manager of the tensors
   * @param parts such as it accepts
   * @param input such as it accepts
   */
  RunnableLinear prepare(
      NDManager owner, List<StoredWeight> parts, InputScheme input, KernelRuntime runtime);
}
