package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a checkpoint, whether stored by value or packed.
 *
 * @param prefix of the module
 * @param suffix {@code weight} or {@code bias}
 * @param packed whether it is a linear's weight in several tensors
 * @param uses names of all tensors that it is stored in
 */
record SourceTensor(
    Checkpoint source, String prefix, String suffix, boolean packed, List<String> uses) {
  SourceTensor {
    uses = List.copyOf(uses);
  }

  static @Nullable SourceTensor find(Checkpoint source, String prefix, String suffix) {
    String name = prefix + "." + suffix;
    if (source.has(name) && source.info(name).dtype().isFloating()) {
      return new SourceTensor(source, prefix, suffix, false, List.of(name));
    }
    List<String> parts =
        source.names().tailSet(prefix + ".").stream()
            .takeWhile(each -> each.startsWith(prefix + "."))
            .filter(each -> !each.equals(prefix + ".bias"))
            .toList();
    boolean packed = suffix.equals("weight") && !parts.isEmpty();
    return packed ? new SourceTensor(source, prefix, suffix, true, parts) : null;
  }

  /** Shape of its values; of a packed one that of the linear. */
  long[] shape(TorchSession torch) {
    if (!packed) {
      return source.info(prefix + "." + suffix).shape().getShape();
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      StoredWeight weight = source.linear(torch, scope, prefix);
      return new long[] {weight.outFeatures(), weight.inFeatures()};
    }
  }

  /** Its values, in the type that they are stored in or float32. */
  NDArray values(TorchSession torch, NDManager owner) {
    if (!packed) {
      return source.tensor(torch, owner, prefix + "." + suffix);
    }
    try (NDManager scope = owner.newSubManager()) {
      return source.linear(torch, scope, prefix).dequantize(torch, owner);
    }
  }
}
