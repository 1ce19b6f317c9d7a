package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * What AWQ's scale search found.
 *
 * @param ratio the winner, from 0 up to but not 1; the first of equals
 * @param scales float32 [in]: columns of the weights are to be multiplied by these, what feeds them
 *     divided
 * @param losses mean squared difference of the inspected module's output for every ratio k /
 *     points; of a ratio that was given up, on the text until then
 */
public record AwqScales(double ratio, NDArray scales, List<Double> losses) {
  public AwqScales {
    losses = List.copyOf(losses);
  }

  /** The winner's loss. */
  public double loss() {
    return losses.get((int) Math.rint(ratio * losses.size()));
  }
}
