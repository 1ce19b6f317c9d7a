package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.weight.StoredWeight;
import org.jspecify.annotations.Nullable;

/** The weights of a model, of a checkpoint or of one that is being worked on. */
public interface ModelWeights {
  /** What the model is. */
  ModelSpec spec();

  /** The weights of a stack's layers. */
  LayerWeights layers(int stack);

  /**
   * A tensor beside the layers as it is stored.
   *
   * @param name its full name
   * @param expected its shape; nothing where the configuration does not say it
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if it is missing or of
   *     another shape
   */
  NDArray tensor(NDManager owner, String name, @Nullable Shape expected);

  /**
   * A linear beside the layers in the form in which it is stored.
   *
   * @param prefix of its tensors
   */
  StoredWeight linear(NDManager owner, String prefix);

  /** The checkpoint that they, or those that they were made from, are in. */
  Checkpoint checkpoint();

  /** The stack of an index. */
  default Stack stack(int index) {
    return spec().stacks().get(index);
  }

  /** What stands around the layers of a stack. */
  default ModelModuleTensors module(int stack) {
    return new ModelModuleTensors(this, stack(stack));
  }
}
