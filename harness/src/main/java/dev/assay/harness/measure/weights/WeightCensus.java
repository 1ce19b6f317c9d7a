package dev.assay.harness.measure.weights;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.TensorNames;
import dev.assay.engine.torch.TorchSession;
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
  public LinearWeights count(ModelSpec architecture) {
    List<LinearWeight> layers = new ArrayList<>();
    for (Stack stack : architecture.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        LayerSpec spec = stack.layer(layer);
        for (Map.Entry<String, List<Linear>> stored : spec.layout().stored().entrySet()) {
          Linear linear = stored.getValue().get(0);
          layers.add(
              weight(
                  stack.names().inLayer(layer, stored.getKey()),
                  linear.transposed(),
                  spec.share(linear)));
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
      boolean exchanged = transposed && stored.isDense();
      return new LinearWeight(
          name,
          exchanged ? stored.inFeatures() : stored.outFeatures(),
          exchanged ? stored.outFeatures() : stored.inFeatures(),
          stored.products(torch, scope),
          checkpoint.linearBytes(name),
          stored.codeBits(),
          share);
    }
  }
}
