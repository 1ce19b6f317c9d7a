package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/**
 * Moves scales of channels from the weights that take an activation into what makes it, so that the
 * model computes the same: {@code W x = (W · s) (x / s)}. What makes it is a norm, whose weight and
 * bias are divided, or a linear, whose rows and bias are.
 */
public final class ScaleFolding {
  private ScaleFolding() {}

  /**
   * A vector or a matrix of inputs, [n] or [tokens, n], divided by the scales along its last axis:
   * a norm's weight or bias, a linear's bias, calibration inputs.
   *
   * @param scales float32 [n]
   */
  public static NDArray divide(
      TorchSession torch, NDManager owner, NDArray tensor, NDArray scales) {
    int last = tensor.getShape().dimension() - 1;
    long channels = scales.getShape().size();
    if (last < 0 || tensor.getShape().get(last) != channels) {
      throw new IllegalArgumentException(
          "found " + tensor.getShape() + " to divide by " + channels + " scales");
    }
    return script(torch).call(owner, "divide", tensor, scales);
  }

  /**
   * A norm's weight, so that its factor, which is the weight plus an offset, is divided.
   *
   * @param scales float32 [n]
   */
  public static NDArray divideOffset(
      TorchSession torch, NDManager owner, NDArray weight, NDArray scales, double offset) {
    if (offset == 0) {
      return divide(torch, owner, weight, scales);
    }
    TensorChecks.shape("norm", weight, scales.getShape().size());
    return script(torch).call(owner, "divide_offset", weight, scales, offset);
  }

  /** The weight of a linear that takes the activation, columns multiplied: [out, n]. */
  public static NDArray multiplyColumns(
      TorchSession torch, NDManager owner, NDArray weight, NDArray scales) {
    TensorChecks.shape("weight", weight, -1, scales.getShape().size());
    return script(torch).call(owner, "multiply_columns", weight, scales);
  }

  /** The weight of the linear that makes the activation, rows divided: [n, in]. */
  public static NDArray divideRows(
      TorchSession torch, NDManager owner, NDArray weight, NDArray scales) {
    TensorChecks.shape("weight", weight, scales.getShape().size(), -1);
    return script(torch).call(owner, "divide_rows", weight, scales);
  }

  private static ScriptModule script(TorchSession torch) {
    return torch.script(ScaleFolding.class, "fold.py");
  }
}
