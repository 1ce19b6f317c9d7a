package dev.assay.harness.measure.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.model.TensorNames;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;

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
    TensorNames names = architecture.names();
    List<LinearWeight> layers = new ArrayList<>();
    for (int layer = 0; layer < architecture.spec().layers(); layer++) {
      for (String linear : architecture.layout().linears().toList()) {
        layers.add(weight(names.inLayer(layer, linear)));
      }
    }
    boolean tied = architecture.spec().tiedHead();
    return new LinearWeights(layers, weight(tied ? names.embedding() : names.head()));
  }

  private LinearWeight weight(String name) {
    try (NDManager scope = torch.manager().newSubManager()) {
      StoredWeight stored = checkpoint.linear(torch, scope, name);
      NDArray values = stored.dequantize(torch, scope);
      return new LinearWeight(
          name,
          stored.outFeatures(),
          stored.inFeatures(),
          values.countNonzero().getLong(),
          checkpoint.linearBytes(name));
    }
  }
}
