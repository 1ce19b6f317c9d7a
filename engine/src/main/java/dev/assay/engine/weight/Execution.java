package dev.assay.engine.weight;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;

/**
 * How a model runs.
 *
 * @param device where it runs
 * @param dtype arithmetic of activations: float32, bfloat16 or float16
 * @param packed whether quantized weights stay packed where a kernel takes them; otherwise all
 *     weights are dequantised to {@code dtype}
 */
public record Execution(TorchDevice device, DType dtype, boolean packed) {
  public Execution {
    if (dtype != DType.FLOAT32 && dtype != DType.BFLOAT16 && dtype != DType.FLOAT16) {
      throw new IllegalArgumentException(
          "dtype: found " + dtype.label() + ", expected float32, bfloat16 or float16");
    }
  }

  /** Stored weights dequantised to float32, all arithmetic in float32: the quality reference. */
  public static Execution reference(TorchDevice device) {
    return new Execution(device, DType.FLOAT32, false);
  }

  /** Packed weights where kernels exist, with activations of a type. */
  public static Execution packed(TorchDevice device, DType dtype) {
    return new Execution(device, dtype, true);
  }

  /** Whether it is the quality reference, on whichever device. */
  public boolean isReference() {
    return equals(reference(device));
  }
}
