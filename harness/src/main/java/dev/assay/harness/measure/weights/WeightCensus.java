package dev.assay.harness.measure.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.TensorNames;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks at every linear of a checkpoint, one weight in memory at a time. */
public final class WeightCensus {
  private final TorchSession torch;
  private final Checkpoint checkpoint;

  public WeightCensus(TorchSession torch, Checkpoint checkpoint) {
    this.torch = torch;
    this.checkpoint = checkpoint;
  }

  /**
   * Counts.
   *
   * @throws dev.assay.engine.config.BadInputException if a weight is missing or broken
   */
  public LinearWeights count(Architecture architecture) {
    List<LinearWeight> layers = new ArrayList<>();
    for (Stack stack : architecture.stacks()) {
      for (int layer = 0; layer < stack.spec().layers(); layer++) {
        for (Map.Entry<String, List<Linear>> stored : stack.layout().stored().entrySet()) {
          Linear linear = stored.getValue().get(0);
          layers.add(
              weight(
                  stack.names().inLayer(layer, stored.getKey()),
                  linear.transposed(),
                  stack.share(linear)));
        }
      }
    }
    TensorNames names = architecture.names();
    boolean tied = architecture.spec().tiedHead();
    return new LinearWeights(layers, weight(tied ? names.embedding() : names.head(), false, 1));
  }

  private LinearWeight weight(String name, boolean transposed, double share) {
    try (NDManager scope = torch.manager().newSubManager()) {
      StoredWeight stored = checkpoint.linear(torch, scope, name);
      boolean exchanged = transposed && stored instanceof DenseWeight;
      NDArray values = stored.dequantize(torch, scope);
      return new LinearWeight(
          name,
          exchanged ? stored.inFeatures() : stored.outFeatures(),
          exchanged ? stored.outFeatures() : stored.inFeatures(),
          values.countNonzero().getLong(),
          checkpoint.linearBytes(name),
          share);
    }
  }
}
