package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Locale;

/**
 * What AWQ's scale search found.
 *
 * @param ratio the winner, from 0 up to but not 1; the first of equals; not a number where leaving
 *     the channels as they are did better than all
 * @param scales float32 [in]: columns of the weights are to be multiplied by these, what feeds them
 *     divided
 * @param losses mean squared difference of the inspected module's output for every ratio k /
 *     points; of a ratio that was given up, on the text until then
 * @param loss the winner's
 */
public record AwqScales(double ratio, NDArray scales, List<Double> losses, double loss) {
  public AwqScales {
    losses = List.copyOf(losses);
  }

  /** The winner in words. */
  String words() {
    return Double.isNaN(ratio)
        ? "not scaled: no ratio did better"
        : String.format(Locale.ROOT, "scale ratio %.2f", ratio);
  }
}
