package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * A weight of small floats under a scale: value = scale · element.
 *
 * @param values [out, in], of an 8-bit floating type
 * @param type the element type of {@code values}
 * @param scales float32, [out, 1] for one a row or [1, 1] for one in all
 * @param scaleType the type in which the scales are stored
 */
public record ScaledWeight(NDArray values, DType type, NDArray scales, DType scaleType)
    implements StoredWeight {
  public ScaledWeight {
    Shape shape = values.getShape();
    if (shape.dimension() != 2 || type.bytes() != 1 || !type.isFloating()) {
      throw new IllegalArgumentException(
          "values: found " + type.label() + " " + shape + ", expected a matrix of 8-bit floats");
    }
    Shape rows = new Shape(shape.get(0), 1);
    if (!scales.getShape().equals(rows) && !scales.getShape().equals(new Shape(1, 1))) {
      throw new IllegalArgumentException(
          "scales: found " + scales.getShape() + ", expected " + rows + " or (1, 1)");
    }
  }

  @Override
  public String format() {
    return type.label();
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
    try (NDManager scope = owner.newSubManager()) {
      NDArray wide = torch.tensors().cast(scope, values, DType.FLOAT32);
      NDArray product = wide.mul(scales);
      product.attach(owner);
      return product;
    }
  }

  @Override
  public long storedBytes() {
    return values.getShape().size() + scales.getShape().size() * scaleType.bytes();
  }
}
