package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.weight.StoredWeight;
import java.util.Map;

/**
 * What a stage made of a layer, or of what stands beside the layers.
 *
 * @param values norms, biases and the like by name, in any floating type
 * @param linears weights by name
 */
public record LayerChanges(Map<String, NDArray> values, Map<String, StoredWeight> linears) {
  public LayerChanges {
    values = Map.copyOf(values);
    linears = Map.copyOf(linears);
  }
}
