package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ScaledWeight;
import java.util.Set;

/**
 * A linear in the layout {@code float-quantized} of compressed-tensors: {@code weight} [out, in] of
 * 8-bit floats, {@code weight_scale} [out, 1] or, for one scale in all, [1].
 */
record ScaledLinear(PackedTensors tensors) implements PackedLinear {
  @Override
  public ScaledWeight load(TorchSession torch, NDManager owner) {
    TensorInfo weight = weight();
    TensorInfo scale = tensors.checkpoint().info(tensors.prefix() + ".weight_scale");
    Shape rows = new Shape(weight.shape().get(0), 1);
    boolean single = scale.elements() == 1;
    if (!single && !scale.shape().equals(rows)) {
      throw tensors.bad(
          scale, "found shape " + scale.shape() + ", expected " + rows + " or one element");
    }
    if (!scale.dtype().isFloating()) {
      throw tensors.bad(scale, "found dtype " + scale.dtype().name() + ", expected a floating one");
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray stored = tensors.load(torch, scope, scale);
      NDArray wide = torch.tensors().cast(scope, stored, DType.FLOAT32);
      NDArray shaped = wide.reshape(single ? new Shape(1, 1) : rows);
      return new ScaledWeight(
          tensors.load(torch, owner, weight),
          weight.dtype(),
          torch.tensors().copy(owner, shaped),
          scale.dtype());
    }
  }

  @Override
  public String format() {
    return weight().dtype().label();
  }

  @Override
  public long parameters() {
    return weight().elements();
  }

  @Override
  public DType valueType() {
    return tensors.checkpoint().declaredType().orElse(DType.BFLOAT16);
  }

  @Override
  public Set<String> names() {
    return tensors.present("weight", "weight_scale", "input_scale", "output_scale");
  }

  private TensorInfo weight() {
    return tensors.matrix("weight", DType.FLOAT8_E4M3, DType.FLOAT8_E5M2);
  }
}
