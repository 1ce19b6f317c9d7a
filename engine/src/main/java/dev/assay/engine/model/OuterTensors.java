package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.BadCheckpointException;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the tensors of a stack beside its layers. */
final class OuterTensors {
  private static final String WEIGHT = ".weight";

  private final TorchSession torch;
  private final Checkpoint checkpoint;
  private final Stack stack;

  OuterTensors(TorchSession torch, Checkpoint checkpoint, Stack stack) {
    this.torch = torch;
    this.checkpoint = checkpoint;
    this.stack = stack;
  }

  /** The table of token vectors as it is stored. */
  NDArray embedding(NDManager owner) {
    DecoderSpec spec = stack.spec();
    Shape shape = new Shape(spec.vocabularySize(), spec.embedding().width());
    return tensor(torch, owner, checkpoint, stack.names().embedding() + ".weight", shape);
  }

  /**
   * What follows the head among the scripts' tensors, as it is stored; null where there is none.
   */
  List<@Nullable NDArray> around(NDManager owner) {
    DecoderSpec spec = stack.spec();
    long hidden = spec.hiddenSize();
    long width = spec.embedding().width();
    List<@Nullable NDArray> tensors = new ArrayList<>();
    tensors.add(find(owner, Outer.POSITIONS, ".weight", null));
    tensors.add(find(owner, Outer.EMBEDDING_NORM, ".weight", new Shape(hidden)));
    tensors.add(find(owner, Outer.EMBEDDING_NORM, ".bias", new Shape(hidden)));
    tensors.add(find(owner, Outer.PROJECT_IN, ".weight", new Shape(hidden, width)));
    tensors.add(find(owner, Outer.PROJECT_OUT, ".weight", new Shape(width, hidden)));
    tensors.add(find(owner, Outer.TOKEN_TYPES, ".weight", null));
    tensors.add(find(owner, Outer.RELATIVE_POSITIONS, ".weight", null));
    return tensors;
  }

  /** Terms of scores by distance, [buckets, heads]. */
  NDArray relative(NDManager owner) {
    return Objects.requireNonNull(find(owner, Outer.RELATIVE_POSITIONS, ".weight", null));
  }

  /** Weight and bias of the last norm. */
  List<@Nullable NDArray> finalNorm(NDManager owner) {
    Shape shape = new Shape(stack.spec().hiddenSize());
    List<@Nullable NDArray> tensors = new ArrayList<>();
    tensors.add(find(owner, Outer.FINAL_NORM, ".weight", shape));
    tensors.add(
        stack.spec().norm().kind().biased() ? find(owner, Outer.FINAL_NORM, ".bias", shape) : null);
    return tensors;
  }

  private @Nullable NDArray find(
      NDManager owner, Outer which, String suffix, @Nullable Shape expected) {
    String prefix = stack.names().find(which).orElse(null);
    return prefix == null ? null : tensor(torch, owner, checkpoint, prefix + suffix, expected);
  }

  /**
   * A tensor as it is stored; the values of one that is packed, as some quantizers pack every
   * linear that they find.
   *
   * @throws BadCheckpointException if it is missing or of another shape
   */
  static NDArray tensor(
      TorchSession torch,
      NDManager owner,
      Checkpoint checkpoint,
      String name,
      @Nullable Shape expected) {
    if (expected != null && name.endsWith(WEIGHT)) {
      String module = name.substring(0, name.length() - WEIGHT.length());
      if (checkpoint.isPacked(module)) {
        return unpacked(torch, owner, checkpoint, module, expected);
      }
    }
    Shape found = checkpoint.info(name).shape();
    DType type = checkpoint.info(name).dtype();
    if ((expected != null && !found.equals(expected)) || !type.isFloating()) {
      throw new BadCheckpointException(
          checkpoint.fileOf(name)
              + ": tensor '"
              + name
              + "': found "
              + type.safetensorsName()
              + " of shape "
              + found
              + ", expected "
              + (expected == null
                  ? "floating numbers"
                  : "shape " + expected + " by " + checkpoint.configuration().getFileName()));
    }
    return checkpoint.tensor(torch, owner, name);
  }

  private static NDArray unpacked(
      TorchSession torch, NDManager owner, Checkpoint checkpoint, String module, Shape expected) {
    try (NDManager scope = owner.newSubManager()) {
      StoredWeight weight = checkpoint.linear(torch, scope, module);
      Shape found = new Shape(weight.outFeatures(), weight.inFeatures());
      if (!found.equals(expected)) {
        throw new BadCheckpointException(
            "%s: %s: found a weight of %s, expected %s by %s"
                .formatted(
                    checkpoint.fileOf(module),
                    module,
                    found,
                    expected,
                    checkpoint.configuration().getFileName()));
      }
      return weight.dequantize(torch, owner);
    }
  }
}
