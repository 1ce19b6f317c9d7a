package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.Source;
import dev.assay.engine.torch.TorchSession;
import java.util.Objects;

/** Moves factors within a layer without changing what it computes. */
final class LayerFolding {
  private LayerFolding() {}

  /**
   * Moves factors.
   *
   * @param folding one of the layer's
   * @param scales float32 [channels]; columns of the readers are multiplied by these
   */
  static void fold(LayerContext layer, Folding folding, NDArray scales) {
    TorchSession torch = layer.torch();
    NDArray factors =
        folding.source() instanceof Source.Activation ? layer.divideActivation(scales) : scales;
    for (String linear : folding.linears()) {
      layer.replace(
          linear,
          ScaleFolding.multiplyColumns(torch, layer.scope(), layer.weight(linear), factors));
    }
    if (folding.source() instanceof Source.Norm norm) {
      norm(layer, norm.module(), scales);
    } else if (folding.source() instanceof Source.RoutedNorm norm) {
      String router = Objects.requireNonNull(layer.layout().modules().get(LayerModule.ROUTER));
      NDArray weight = layer.value(router).orElseThrow();
      layer.replace(router, ScaleFolding.multiplyColumns(torch, layer.scope(), weight, scales));
      norm(layer, norm.module(), scales);
    } else if (folding.source() instanceof Source.Rows rows) {
      layer.replace(
          rows.name(),
          ScaleFolding.divideRows(torch, layer.scope(), layer.weight(rows.name()), scales));
      divide(layer, layer.layout().linear(rows.name()).biasName(), scales);
    }
  }

  private static void norm(LayerContext layer, LayerModule norm, NDArray scales) {
    String name = Objects.requireNonNull(layer.layout().modules().get(norm));
    NDArray weight = layer.value(name).orElseThrow();
    double offset = layer.layout().norm().offset();
    layer.replace(
        name, ScaleFolding.divideOffset(layer.torch(), layer.scope(), weight, scales, offset));
    layer.layout().bias(norm).ifPresent(bias -> divide(layer, bias, scales));
  }

  private static void divide(LayerContext layer, String name, NDArray scales) {
    layer
        .value(name)
        .ifPresent(
            value ->
                layer.replace(
                    name, ScaleFolding.divide(layer.torch(), layer.scope(), value, scales)));
  }
}
