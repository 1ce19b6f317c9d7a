package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;

/**
 * The linears of a layer that are stored by themselves. Blocks that run over the rows of a weight
 * cannot be taken apart, so that those stored as one weight with others are left as they are.
 */
public final class WholeLinears {
  private WholeLinears() {}

  /** Quantizes a linear. */
  @FunctionalInterface
  public interface Quantizer {
    /**
     * @param weight float32 [out, in], finite
     */
    void quantize(String linear, NDArray weight);
  }

  /**
   * Hands on those of a layer one by one, and stores the others value by value.
   *
   * @throws NonFiniteValueException if a weight is not finite
   */
  public static void each(LayerContext layer, Quantizer quantizer) {
    for (String linear : layer.layout().linears().toList()) {
      NDArray weight = layer.weight(linear);
      if (layer.layout().sharesTensor(linear)) {
        layer.storeDense(
            linear,
            weight,
            "left as it is: blocks know no rows, and it is stored as one weight with others");
        continue;
      }
      TensorChecks.finite(layer.torch(), "weight", weight);
      quantizer.quantize(linear, weight);
    }
  }
}
