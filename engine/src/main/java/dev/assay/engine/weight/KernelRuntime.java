package dev.assay.engine.weight;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * What kernels run on.
 *
 * @param torch libtorch
 * @param execution the arithmetic wanted
 * @param processor what it is good for
 */
public record KernelRuntime(TorchSession torch, Execution execution, CpuKernels processor) {
  /** The type of activations. */
  public DType dtype() {
    return execution.dtype();
  }
}
