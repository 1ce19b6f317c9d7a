package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The tensors of one packed linear in a checkpoint: {@code prefix.qweight} and its companions. */
final class PackedTensors {
  private final Checkpoint checkpoint;
  private final String prefix;

  PackedTensors(Checkpoint checkpoint, String prefix) {
    this.checkpoint = checkpoint;
    this.prefix = prefix;
  }

  String prefix() {
    return prefix;
  }

  TensorInfo qweight() {
    return matrix("qweight", DType.INT32);
  }

  TensorInfo qzeros() {
    return matrix("qzeros", DType.INT32);
  }

  TensorInfo scales() {
    return matrix("scales", DType.FLOAT16, DType.FLOAT32);
  }

  Optional<TensorInfo> groupIndex() {
    if (!checkpoint.has(prefix + ".g_idx")) {
      return Optional.empty();
    }
    TensorInfo index = info("g_idx", 1, DType.INT32);
    return Optional.of(index);
  }

  NDArray load(TorchSession torch, NDManager owner, TensorInfo tensor) {
    return TensorLoader.load(torch, owner, tensor);
  }

  /** Fails unless a tensor has a shape. */
  void require(TensorInfo tensor, long... shape) {
    if (!tensor.shape().equals(new Shape(shape))) {
      throw bad(tensor, "found shape " + tensor.shape() + ", expected " + new Shape(shape));
    }
  }

  BadCheckpointException bad(TensorInfo tensor, String problem) {
    return new BadCheckpointException(
        tensor.file() + ": tensor '" + tensor.name() + "': " + problem);
  }

  private TensorInfo matrix(String suffix, DType... allowed) {
    return info(suffix, 2, allowed);
  }

  private TensorInfo info(String suffix, int dimensions, DType... allowed) {
    TensorInfo tensor = checkpoint.info(prefix + "." + suffix);
    List<DType> types = Arrays.asList(allowed);
    if (!types.contains(tensor.dtype())) {
      throw bad(tensor, "found dtype " + tensor.dtype() + ", expected one of " + types);
    }
    if (tensor.shape().dimension() != dimensions || tensor.elements() == 0) {
      throw bad(
          tensor,
          "found shape "
              + tensor.shape()
              + ", expected "
              + dimensions
              + " dimensions, none of them 0");
    }
    return tensor;
  }
}
