package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The weights of a layer as numbers. */
public final class LayerValues {
  private LayerValues() {}

  /**
   * All values of a layer in float32: linears and their biases, norms and the like by name.
   *
   * @param owner of the values
   * @param weights where they are read
   */
  public static Map<String, NDArray> of(
      TorchSession torch, NDManager owner, LayerWeights weights, int layer, LayerLayout layout) {
    Map<String, NDArray> values = new LinkedHashMap<>();
    try (NDManager scope = owner.newSubManager()) {
      for (Map.Entry<LayerModule, String> module : layout.modules().entrySet()) {
        NDArray stored = weights.module(scope, layer, module.getKey());
        if (stored != null) {
          values.put(module.getValue(), torch.tensors().cast(owner, stored, DType.FLOAT32));
        }
        NDArray bias = weights.moduleBias(scope, layer, module.getKey());
        if (bias != null) {
          String name = layout.bias(module.getKey()).orElseThrow();
          values.put(name, torch.tensors().cast(owner, bias, DType.FLOAT32));
        }
      }
      for (List<Linear> stored : layout.stored().values()) {
        weights
            .linears(scope, layer, stored)
            .forEach((name, weight) -> values.put(name, weight.dequantize(torch, owner)));
        for (Linear linear : stored) {
          weights
              .bias(scope, layer, linear)
              .ifPresent(
                  bias ->
                      values.put(
                          linear.biasName(), torch.tensors().cast(owner, bias, DType.FLOAT32)));
        }
      }
    }
    return values;
  }
}
