package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;

/**
 * A weight, or several of one input one after the other, in the form in which it runs.
 *
 * @param kernel name of what multiplies by it
 * @param module a {@code linear.Linear} and its tensors
 * @param outFeatures rows of all
 * @param bytes native memory that the tensors hold
 * @param simulated whether it is stored compressed but runs dequantised, for lack of a kernel
 * @param form in words, for example {@code int4 packed, group 128}
 */
public record RunnableLinear(
    String kernel,
    ModuleNode module,
    long outFeatures,
    long bytes,
    boolean simulated,
    String form) {
  /** A linear behind what treats its input; as it is where nothing does. */
  RunnableLinear behind(InputScheme scheme, NDManager owner, KernelRuntime runtime) {
    if (scheme instanceof PlainInput) {
      return this;
    }
    ModuleNode input = scheme.module(owner, runtime);
    long more =
        input.tensors().values().stream()
            .mapToLong(tensor -> tensor.getShape().size() * tensor.getDataType().getNumOfBytes())
            .sum();
    return new RunnableLinear(
        kernel,
        LinearModules.treated(input, module),
        outFeatures,
        bytes + more,
        simulated || scheme.rounds(),
        form + ", input " + scheme.words());
  }

  /** The same within another module. */
  RunnableLinear within(ModuleNode outer, long moreBytes) {
    return new RunnableLinear(kernel, outer, outFeatures, bytes + moreBytes, simulated, form);
  }
}
