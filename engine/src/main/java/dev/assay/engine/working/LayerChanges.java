package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.weight.StoredWeight;
import java.util.Map;

/**
 * What a stage made of a layer, or of what stands beside the layers.
 *
 * @param values norms, biases and the like by name, in any floating type
 * @param linears weights by name
 * @param unrounded of linears whose form stands for other values than they had, what those were,
 *     float32, where they are not the ones that the stage found
 */
public record LayerChanges(
    Map<String, NDArray> values,
    Map<String, StoredWeight> linears,
    Map<String, NDArray> unrounded) {
  public LayerChanges {
    values = Map.copyOf(values);
    linears = Map.copyOf(linears);
    unrounded = Map.copyOf(unrounded);
  }

  /** Changes of which nobody needs to know what they were. */
  public LayerChanges(Map<String, NDArray> values, Map<String, StoredWeight> linears) {
    this(values, linears, Map.of());
  }
}
