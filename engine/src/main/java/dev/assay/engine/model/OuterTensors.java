package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.BadCheckpointException;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the tensors of a stack beside its layers. */
public final class OuterTensors {
  private static final String WEIGHT = ".weight";

  private final TorchSession torch;
  private final Checkpoint checkpoint;
  private final Stack stack;

  public OuterTensors(TorchSession torch, Checkpoint checkpoint, Stack stack) {
    this.torch = torch;
    this.checkpoint = checkpoint;
    this.stack = stack;
  }

  /** The table of token vectors as it is stored. */
  public NDArray embedding(NDManager owner) {
    DecoderSpec spec = stack.spec();
    Shape shape = new Shape(spec.vocabularySize(), spec.embedding().width());
    return tensor(torch, owner, checkpoint, stack.names().embedding() + ".weight", shape);
  }

  /** The weight of something beside the layers; nothing where the model has none. */
  public Optional<NDArray> weight(NDManager owner, Outer which) {
    return find(owner, which, ".weight");
  }

  /** The bias of something beside the layers; nothing where the model has none. */
  public Optional<NDArray> bias(NDManager owner, Outer which) {
    boolean norm = which == Outer.FINAL_NORM || which == Outer.EMBEDDING_NORM;
    return norm && !stack.spec().norm().kind().biased()
        ? Optional.empty()
        : find(owner, which, ".bias");
  }

  private Optional<NDArray> find(NDManager owner, Outer which, String suffix) {
    return stack
        .names()
        .find(which)
        .map(prefix -> tensor(torch, owner, checkpoint, prefix + suffix, shape(which)));
  }

  /** The shape that the configuration says; nothing where it does not. */
  private @Nullable Shape shape(Outer which) {
    long hidden = stack.spec().hiddenSize();
    long width = stack.spec().embedding().width();
    return switch (which) {
      case FINAL_NORM, EMBEDDING_NORM -> new Shape(hidden);
      case PROJECT_IN -> new Shape(hidden, width);
      case PROJECT_OUT -> new Shape(width, hidden);
      default -> null;
    };
  }

  /**
   * A tensor as it is stored; the values of one that is packed, as some quantizers pack every
   * linear that they find.
   *
   * @throws BadCheckpointException if it is missing or of another shape
   */
  public static NDArray tensor(
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
