package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * What AWQ's scale search found.
 *
 * @param ratio the winner, from 0 up to but not 1; the first of equals
 * @param scales float32 [in]: columns of the weights are to be multiplied by these, what feeds them
 *     divided
 * @param losses mean squared difference of the inspected module's output for every ratio k / points
 */
public record AwqScales(double ratio, NDArray scales, List<Double> losses) {
  public AwqScales {
    losses = List.copyOf(losses);
  }

  /** The least of the losses. */
  public double loss() {
    return losses.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }
}
