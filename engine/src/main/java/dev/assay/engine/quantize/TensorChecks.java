package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.TorchSession;

/** What every method asks of the tensors that it is given. */
public final class TensorChecks {
  private TensorChecks() {}

  /**
   * Asks for a float32 tensor of a shape; -1 stands for any size of at least 1.
   *
   * @param name what the tensor is, for the message
   * @throws IllegalArgumentException otherwise
   */
  public static void shape(String name, NDArray tensor, long... expected) {
    Shape found = tensor.getShape();
    boolean fits = found.dimension() == expected.length;
    for (int axis = 0; fits && axis < expected.length; axis++) {
      long size = found.get(axis);
      fits = expected[axis] == -1 ? size >= 1 : size == expected[axis];
    }
    if (!fits || tensor.getDataType() != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "%s: found %s %s, expected float32 %s (-1 is any size)"
              .formatted(name, tensor.getDataType(), found, new Shape(expected)));
    }
  }

  /**
   * Asks for finite values.
   *
   * @param name what the tensor is, for the message
   * @throws NonFiniteValueException if a value is infinite or not a number
   */
  public static void finite(TorchSession torch, String name, NDArray tensor) {
    if (!torch.tensors().isFinite(tensor)) {
      throw new NonFiniteValueException(
          name + " " + tensor.getShape() + ": found values that are infinite or not a number");
    }
  }
}
