package dev.assay.engine.checkpoint;

import java.util.Set;

/** Counts the parameters of a checkpoint as if no linear were packed. */
final class ParameterCount {
  private static final Set<String> COMPANIONS = Set.of("qzeros", "scales", "g_idx");

  private final Checkpoint checkpoint;

  private ParameterCount(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  static long of(Checkpoint checkpoint) {
    ParameterCount count = new ParameterCount(checkpoint);
    return checkpoint.names().stream().mapToLong(count::parameters).sum();
  }

  private long parameters(String name) {
    int dot = name.lastIndexOf('.');
    String prefix = name.substring(0, Math.max(dot, 0));
    String suffix = name.substring(dot + 1);
    boolean packed = checkpoint.has(prefix + ".qweight");
    if (packed && suffix.equals("qweight")) {
      return packed(new PackedTensors(checkpoint, prefix));
    }
    TensorInfo tensor = checkpoint.info(name);
    boolean counts = tensor.dtype().isFloating() && !(packed && COMPANIONS.contains(suffix));
    return counts ? tensor.elements() : 0;
  }

  private long packed(PackedTensors tensors) {
    QuantizationConfig config = checkpoint.requireQuantization(tensors.prefix());
    long in = PackedFormat.of(config).inFeatures(tensors);
    return in * tensors.scales().shape().get(1);
  }
}
