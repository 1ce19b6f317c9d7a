package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.packed.PackedLinear;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Counts the parameters of a checkpoint as if no linear were packed. */
final class ParameterCount {
  /** Endings of tensors that only packed linears have, or linears at all. */
  private static final List<String> MAIN =
      List.of(
          ".qweight",
          ".weight_packed",
          ".weight",
          ".compressed",
          ".bitmask",
          ".metadata",
          ".col_indices");

  private final Checkpoint checkpoint;
  private final Set<String> packed = new HashSet<>();

  private ParameterCount(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  static long of(Checkpoint checkpoint) {
    ParameterCount count = new ParameterCount(checkpoint);
    return count.packed() + count.others();
  }

  /** Also notes which tensors are parts of packed linears. */
  private long packed() {
    long parameters = 0;
    for (String name : checkpoint.names()) {
      for (String ending : MAIN) {
        if (name.endsWith(ending)) {
          String prefix = name.substring(0, name.length() - ending.length());
          Optional<PackedLinear> linear = PackedLinear.find(checkpoint, prefix);
          if (linear.isPresent() && packed.addAll(linear.get().names())) {
            parameters += linear.get().parameters();
          }
        }
      }
    }
    return parameters;
  }

  private long others() {
    Set<List<Object>> seen = new HashSet<>();
    return checkpoint.names().stream()
        .filter(name -> !packed.contains(name))
        .map(checkpoint::info)
        .filter(tensor -> tensor.dtype().isFloating())
        .filter(tensor -> seen.add(List.of(tensor.file(), tensor.begin(), tensor.end())))
        .mapToLong(TensorInfo::elements)
        .sum();
  }
}
