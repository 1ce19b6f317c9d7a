package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a checkpoint.
 *
 * @param torch libtorch
 * @param checkpoint where they are
 * @param spec what the model is
 */
public record CheckpointWeights(TorchSession torch, Checkpoint checkpoint, ModelSpec spec)
    implements ModelWeights {
  private static final String WEIGHT = ".weight";

  @Override
  public LayerTensors layers(int stack) {
    return new LayerTensors(torch, checkpoint, stack(stack));
  }

  @Override
  public StoredWeight linear(NDManager owner, String prefix) {
    return checkpoint.linear(torch, owner, prefix);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The values of one that is packed, as some quantizers pack every linear that they find.
   */
  @Override
  public NDArray tensor(NDManager owner, String name, @Nullable Shape expected) {
    return tensor(torch, owner, checkpoint, name, expected);
  }

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
