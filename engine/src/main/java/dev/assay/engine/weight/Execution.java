package dev.assay.engine.weight;

import dev.assay.engine.torch.DType;

/**
 * How a model runs.
 *
 * @param dtype arithmetic of activations: float32, bfloat16 or float16
 * @param packed whether quantized weights stay packed where a kernel takes them; otherwise all
 *     weights are dequantised to {@code dtype}
 */
public record Execution(DType dtype, boolean packed) {
  /** Stored weights dequantised to float32, all arithmetic in float32: the quality reference. */
  public static final Execution REFERENCE = new Execution(DType.FLOAT32, false);

  public Execution {
    if (dtype != DType.FLOAT32 && dtype != DType.BFLOAT16 && dtype != DType.FLOAT16) {
      throw new IllegalArgumentException(
          "dtype: found " + dtype.label() + ", expected float32, bfloat16 or float16");
    }
  }

  /** Packed weights where kernels exist, with activations of a type. */
  public static Execution packed(DType dtype) {
    return new Execution(dtype, true);
  }
}
