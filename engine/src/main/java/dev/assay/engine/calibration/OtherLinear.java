package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.weight.StoredWeight;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a model with another one in the place of a linear beside the layers.
 *
 * @param prefix of the linear's tensors
 */
record OtherLinear(ModelWeights model, String prefix, StoredWeight weight) implements ModelWeights {
  @Override
  public ModelSpec spec() {
    return model.spec();
  }

  @Override
  public LayerWeights layers(int stack) {
    return model.layers(stack);
  }

  @Override
  public NDArray tensor(NDManager owner, String name, @Nullable Shape expected) {
    return model.tensor(owner, name, expected);
  }

  @Override
  public StoredWeight linear(NDManager owner, String which) {
    return which.equals(prefix) ? weight : model.linear(owner, which);
  }

  @Override
  public Checkpoint checkpoint() {
    return model.checkpoint();
  }
}
