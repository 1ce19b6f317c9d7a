package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.checkpoint.tensor.TensorLoader;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tensors of one packed linear in a checkpoint: those whose names begin with its prefix. */
final class PackedTensors {
  /** Types that scales come in. */
  static final DType[] SCALES = {DType.FLOAT16, DType.FLOAT32, DType.BFLOAT16};

  private final PackedSource checkpoint;
  private final String prefix;

  PackedTensors(PackedSource checkpoint, String prefix) {
    this.checkpoint = checkpoint;
    this.prefix = prefix;
  }

  PackedSource checkpoint() {
    return checkpoint;
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
    return matrix("scales", SCALES);
  }

  Optional<TensorInfo> groupIndex() {
    return optional("g_idx", 1, DType.INT32);
  }

  Optional<TensorInfo> optional(String suffix, int dimensions, DType... allowed) {
    return checkpoint.has(prefix + "." + suffix)
        ? Optional.of(info(suffix, dimensions, allowed))
        : Optional.empty();
  }

  /** Those of the given suffixes that there are, by full name. */
  Set<String> present(String... suffixes) {
    return Arrays.stream(suffixes)
        .map(suffix -> prefix + "." + suffix)
        .filter(checkpoint::has)
        .collect(Collectors.toUnmodifiableSet());
  }

  NDArray load(TorchSession torch, NDManager owner, TensorInfo tensor) {
    return TensorLoader.load(torch, owner, tensor);
  }

  /** Scales as Assay keeps them: bfloat16 ones, which hold fewer values, as float32. */
  NDArray loadScales(TorchSession torch, NDManager owner, TensorInfo scales) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray stored = load(torch, scope, scales);
      DType type = scales.dtype() == DType.BFLOAT16 ? DType.FLOAT32 : scales.dtype();
      return torch.tensors().copy(owner, torch.tensors().cast(scope, stored, type));
    }
  }

  /** The group of each input, all of them from 0 to {@code groups} − 1. */
  int[] groups(TorchSession torch, TensorInfo stored, long groups) {
    try (NDManager scope = torch.manager().newSubManager()) {
      int[] index = load(torch, scope, stored).toIntArray();
      for (int column = 0; column < index.length; column++) {
        if (index[column] < 0 || index[column] >= groups) {
          throw bad(
              stored,
              "found group "
                  + index[column]
                  + " for input "
                  + column
                  + ", expected 0 to "
                  + (groups - 1));
        }
      }
      return index;
    }
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

  TensorInfo matrix(String suffix, DType... allowed) {
    return info(suffix, 2, allowed);
  }

  TensorInfo info(String suffix, int dimensions, DType... allowed) {
    TensorInfo tensor = checkpoint.info(prefix + "." + suffix);
    List<DType> types = Arrays.asList(allowed);
    if (!types.contains(tensor.dtype())) {
      throw bad(
          tensor, "found dtype " + tensor.dtype().name() + ", expected one of " + names(allowed));
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

  private static List<String> names(DType... types) {
    return Arrays.stream(types).map(DType::name).toList();
  }
}
