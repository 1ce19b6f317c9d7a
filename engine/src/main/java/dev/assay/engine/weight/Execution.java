package dev.assay.engine.weight;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import java.util.Objects;

/**
 * How a model runs.
 *
 * @param device where it runs
 * @param dtype arithmetic of activations: float32, bfloat16 or float16
 * @param packed whether quantized weights stay packed where a kernel takes them; otherwise all
 *     weights are dequantised to {@code dtype}
 * @param inputs what kernels of packed weights may do to activations
 * @param choices what was found to be faster on this machine
 */
public record Execution(
    TorchDevice device, DType dtype, boolean packed, KernelInputs inputs, KernelChoices choices) {
  public Execution {
    Objects.requireNonNull(choices, "choices");
    if (dtype != DType.FLOAT32 && dtype != DType.BFLOAT16 && dtype != DType.FLOAT16) {
      throw new IllegalArgumentException(
          "dtype: found " + dtype.label() + ", expected float32, bfloat16 or float16");
    }
  }

  /** One on a machine on which nothing was timed. */
  public Execution(TorchDevice device, DType dtype, boolean packed, KernelInputs inputs) {
    this(device, dtype, packed, inputs, KernelChoices.NONE);
  }

  /** Stored weights dequantised to float32, all arithmetic in float32: the quality reference. */
  public static Execution reference(TorchDevice device) {
    return new Execution(device, DType.FLOAT32, false, KernelInputs.NATIVE);
  }

  /** Packed weights where kernels exist, with activations of a type, as they come. */
  public static Execution packed(TorchDevice device, DType dtype) {
    return packed(device, dtype, KernelInputs.NATIVE);
  }

  /** Packed weights where kernels exist, with activations of a type. */
  public static Execution packed(TorchDevice device, DType dtype, KernelInputs inputs) {
    return new Execution(device, dtype, true, inputs);
  }

  /** The same with kernels that may do something else to activations. */
  public Execution with(KernelInputs other) {
    return new Execution(device, dtype, packed, other, choices);
  }

  /** The same on a machine on which something was found to be faster. */
  public Execution with(KernelChoices found) {
    return new Execution(device, dtype, packed, inputs, found);
  }

  /** The arithmetic in words: the type of activations, and whether kernels round them further. */
  public String arithmetic() {
    return inputs == KernelInputs.NATIVE
        ? dtype.label()
        : dtype.label() + " with " + inputs.label() + " activations";
  }

  /** Whether it is the quality reference, on whichever device. */
  public boolean isReference() {
    return equals(reference(device));
  }
}
