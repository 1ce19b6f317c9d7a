package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.GgufEncoding;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a checkpoint, whether stored by value or packed.
 *
 * @param prefix of the module
 * @param suffix {@code weight} or {@code bias}
 * @param packed whether it is a linear's weight in several tensors, or in one that is not of floats
 * @param uses names of all tensors that it is stored in
 */
record SourceTensor(
    Checkpoint source, String prefix, String suffix, boolean packed, List<String> uses) {
  SourceTensor {
    uses = List.copyOf(uses);
  }

  static @Nullable SourceTensor find(Checkpoint source, String prefix, String suffix) {
    String name = prefix + "." + suffix;
    boolean weight = suffix.equals("weight");
    if (weight && source.isPacked(prefix)) {
      return new SourceTensor(
          source, prefix, suffix, true, List.copyOf(source.packedTensors(prefix)));
    }
    return source.has(name) && source.info(name).dtype().isFloating()
        ? new SourceTensor(source, prefix, suffix, false, List.of(name))
        : null;
  }

  String name() {
    return prefix + "." + suffix;
  }

  /** Whether its values were rounded when it was stored: packed, or in blocks of GGUF. */
  boolean quantized() {
    return packed || blocks().isPresent();
  }

  /** The type of the blocks that it is stored in, if it comes from a file of GGUF. */
  Optional<GgmlType> blocks() {
    return !packed && info().encoding() instanceof GgufEncoding encoding
        ? Optional.of(encoding.type()).filter(GgmlType::quantized)
        : Optional.empty();
  }

  /** Where it is, if it is one tensor. */
  TensorInfo info() {
    return source.info(name());
  }

  /** The type that its values are stored in, where they are not quantized. */
  DType dtype() {
    return info().dtype();
  }

  /** Shape of its values; of a packed one that of the linear. */
  long[] shape(TorchSession torch) {
    if (!packed) {
      return info().shape().getShape();
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      StoredWeight weight = weight(torch, scope);
      return new long[] {weight.outFeatures(), weight.inFeatures()};
    }
  }

  /** The weight of a linear in the form in which it is stored. */
  StoredWeight weight(TorchSession torch, NDManager owner) {
    return source.linear(torch, owner, prefix);
  }

  /** Its values, in the type that they are stored in or float32. */
  NDArray values(TorchSession torch, NDManager owner) {
    if (!packed) {
      return source.tensor(torch, owner, name());
    }
    try (NDManager scope = owner.newSubManager()) {
      return weight(torch, scope).dequantize(torch, owner);
    }
  }
}
