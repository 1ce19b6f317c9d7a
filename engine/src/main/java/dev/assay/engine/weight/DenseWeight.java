package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * A weight stored value by value.
 *
 * @param values [out, in], of a floating type
 * @param type the element type of {@code values}
 */
public record DenseWeight(NDArray values, DType type) implements StoredWeight {
  public DenseWeight {
    Shape shape = values.getShape();
    if (shape.dimension() != 2) {
      throw new IllegalArgumentException("a linear weight is [out, in], found " + shape);
    }
    if (!type.isFloating()) {
      throw new IllegalArgumentException("a dense weight is floating, found " + type.label());
    }
  }

  @Override
  public long outFeatures() {
    return values.getShape().get(0);
  }

  @Override
  public long inFeatures() {
    return values.getShape().get(1);
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    return torch.tensors().cast(owner, values, DType.FLOAT32);
  }

  @Override
  public long storedBytes() {
    return outFeatures() * inFeatures() * type.bytes();
  }
}
