package dev.assay.harness.measure.weights;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.TensorNames;
import dev.assay.engine.torch.DType;
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
  public LinearWeights count(ModelSpec architecture) {
    List<LinearWeight> layers = new ArrayList<>();
    for (Stack stack : architecture.stacks()) {
      for (int index = 0; index < stack.depth(); index++) {
        int layer = index;
        LayerSpec spec = stack.layer(layer);
        for (Map.Entry<String, List<Linear>> stored : spec.layout().stored().entrySet()) {
          Linear linear = stored.getValue().get(0);
          layers.add(
              weight(
                  stack.names().inLayer(layer, stored.getKey()),
                  linear.transposed(),
                  spec.share(linear)));
        }
        spec.layout().modules().entrySet().stream()
            .filter(module -> module.getKey().shortcut())
            .map(module -> stack.names().inLayer(layer, module.getValue()))
            .forEach(name -> layers.add(shortcut(name)));
      }
    }
    TensorNames names = architecture.names();
    boolean tied = architecture.spec().tiedHead();
    return new LinearWeights(layers, weight(tied ? names.embedding() : names.head(), false, 1));
  }

  /** What the stream is multiplied by is a matrix of the layer too, which nothing rounds. */
  private LinearWeight shortcut(String name) {
    try (NDManager scope = torch.manager().newSubManager()) {
      DType type = checkpoint.storedType(name);
      DenseWeight stored = new DenseWeight(checkpoint.tensor(torch, scope, name), type);
      return new LinearWeight(
          name,
          stored.inFeatures(),
          stored.outFeatures(),
          stored.denseProducts(),
          stored.products(torch, scope),
          stored.storedBytes(),
          stored.codeBits(),
          1);
    }
  }

  private LinearWeight weight(String name, boolean transposed, double share) {
    try (NDManager scope = torch.manager().newSubManager()) {
      StoredWeight stored = checkpoint.linear(torch, scope, name);
      boolean exchanged = transposed && stored.isDense();
      return new LinearWeight(
          name,
          exchanged ? stored.inFeatures() : stored.outFeatures(),
          exchanged ? stored.outFeatures() : stored.inFeatures(),
          stored.denseProducts(),
          stored.products(torch, scope),
          checkpoint.linearBytes(name),
          stored.codeBits(),
          share);
    }
  }
}
