package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.FileBytes;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tensors of a weight, or of its codes, in a layout of compressed-tensors without zeros. */
record BitmaskTensors(PackedTensors tensors) {
  static boolean isAt(PackedSource checkpoint, String prefix) {
    return checkpoint.has(prefix + "." + BitmaskLayout.VALUES)
        && checkpoint.has(prefix + "." + BitmaskLayout.BITS);
  }

  /** Full names of those that there are. */
  Set<String> names() {
    return tensors.present(
        BitmaskLayout.VALUES, BitmaskLayout.BITS, BitmaskLayout.SHAPE, BitmaskLayout.OFFSETS);
  }

  /** Which layout it is: that of 2:4 has as many values in each row. */
  BitmaskLayout layout() {
    return values().shape().dimension() == 2 ? BitmaskLayout.TWO_OF_FOUR : BitmaskLayout.ANY;
  }

  /** Of the values that are stored. */
  TensorInfo values() {
    return tensors.checkpoint().info(tensors.prefix() + "." + BitmaskLayout.VALUES);
  }

  /** [out, in]. */
  Shape shape() {
    TensorInfo said = tensors.checkpoint().info(tensors.prefix() + "." + BitmaskLayout.SHAPE);
    if (said.dtype() != DType.INT64 || said.elements() != 2) {
      throw tensors.bad(
          said,
          "found %s %s, expected two numbers of I64"
              .formatted(said.dtype().safetensorsName(), said.shape()));
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(FileBytes.of(said, 2 * Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    long out = bytes.getLong();
    long in = bytes.getLong();
    TensorInfo bits = bits();
    if (out < 1 || in < 1 || !bits.shape().equals(new Shape(out, (in - 1) / Byte.SIZE + 1))) {
      throw tensors.bad(
          said,
          "found %d and %d, expected a shape that fits a bitmask %s"
              .formatted(out, in, bits.shape()));
    }
    return new Shape(out, in);
  }

  private TensorInfo bits() {
    return tensors.matrix(BitmaskLayout.BITS, DType.UINT8);
  }

  /** All values, [out, in], in their own type. */
  NDArray whole(TorchSession torch, NDManager owner, List<DType> allowed) {
    TensorInfo values = values();
    if (!allowed.contains(values.dtype())) {
      throw tensors.bad(
          values, "found dtype %s, expected one of %s".formatted(values.dtype().name(), allowed));
    }
    long in = shape().get(1);
    try (NDManager scope = owner.newSubManager()) {
      NDArray bits = tensors.load(torch, scope, bits());
      requireOffsets(torch, scope, bits, in);
      return BitmaskLayout.whole(torch, owner, tensors.load(torch, scope, values), bits, in);
    } catch (IllegalArgumentException e) {
      throw tensors.bad(values, String.valueOf(e.getMessage()));
    }
  }

  /** They say what the bits do. */
  private void requireOffsets(TorchSession torch, NDManager scope, NDArray bits, long in) {
    Optional<TensorInfo> stored = tensors.optional(BitmaskLayout.OFFSETS, 1, DType.INT64);
    if (stored.isPresent()
        && !tensors
            .load(torch, scope, stored.get())
            .contentEquals(BitmaskLayout.offsets(torch, scope, bits, in))) {
      throw tensors.bad(stored.get(), "expected how many bits of the bitmask lie before each row");
    }
  }
}
