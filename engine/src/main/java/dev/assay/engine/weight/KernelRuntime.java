package dev.assay.engine.weight;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * What kernels run on.
 *
 * @param torch libtorch, on the device of the execution
 * @param execution the device and the arithmetic wanted
 * @param processor what it is good for
 */
public record KernelRuntime(TorchSession torch, Execution execution, CpuKernels processor) {
  public KernelRuntime {
    if (!torch.device().equals(execution.device())) {
      throw new IllegalArgumentException(
          "device: found an execution on %s, expected %s, where libtorch's tensors are"
              .formatted(execution.device().label(), torch.device().label()));
    }
  }

  /** The type of activations. */
  public DType dtype() {
    return execution.dtype();
  }
}
