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

  /** On the processor at hand. */
  public static KernelRuntime of(TorchSession torch, Execution execution) {
    return new KernelRuntime(torch, execution, CpuKernels.detect(torch, execution));
  }

  /**
   * Most rows of input that a kernel takes packed; more see dequantised values.
   *
   * @param bits of a code
   */
  long packedRows(String kernel, int bits) {
    return execution.choices().packedRows(kernel, bits).orElse(processor.packedRows());
  }

  /** Most rows of input that the op of dense products takes. */
  long denseRows() {
    return execution.choices().packedRows(DenseKernel.ROWS, dtype()).orElse(processor.denseRows());
  }

  /** The type of activations. */
  public DType dtype() {
    return execution.dtype();
  }
}
