package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Stores linears on grids that each has for itself. */
final class EachLinear {
  private EachLinear() {}

  /**
   * Quantizes linears one by one.
   *
   * @param quantize a weight, float32 [out, in], with tensors of the manager that it is given
   */
  static void store(
      LayerContext layer,
      Stream<String> linears,
      BiFunction<NDManager, NDArray, QuantizedWeight> quantize) {
    linears.forEach(
        linear -> {
          try (NDManager scope = layer.scope().newSubManager()) {
            layer.storeQuantized(linear, quantize.apply(scope, layer.weight(linear)), null);
          }
        });
  }
}
