package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import java.util.Optional;

/**
 * A weight, or several of one input one after the other, in the form in which it runs.
 *
 * @param kernel name of what multiplies by it
 * @param module a {@code linear.Linear} and its tensors
 * @param outFeatures rows of all
 * @param bytes native memory that the tensors hold
 * @param simulated whether it is stored compressed but runs dequantised, for lack of a kernel
 * @param form in words, for example {@code int4 packed, group 128}
 * @param rounding what the kernel itself does to its inputs, in words; nothing where it takes them
 *     as they come
 */
public record RunnableLinear(
    String kernel,
    ModuleNode module,
    long outFeatures,
    long bytes,
    boolean simulated,
    String form,
    Optional<String> rounding) {
  /** One that takes its inputs as they come. */
  public RunnableLinear(
      String kernel,
      ModuleNode module,
      long outFeatures,
      long bytes,
      boolean simulated,
      String form) {
    this(kernel, module, outFeatures, bytes, simulated, form, Optional.empty());
  }

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
        form + ", input " + scheme.words(),
        rounding);
  }

  /**
   * The same with columns of its input in another order.
   *
   * @param order int64 [in]
   */
  RunnableLinear reordered(NDArray order) {
    return within(
        LinearModules.reordered(order, module), order.getShape().size() * DType.INT64.bytes());
  }

  /** The same within another module. */
  RunnableLinear within(ModuleNode outer, long moreBytes) {
    return new RunnableLinear(
        kernel, outer, outFeatures, bytes + moreBytes, simulated, form, rounding);
  }
}
