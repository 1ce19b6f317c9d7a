package dev.assay.engine.toy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.recipe.Stage;

/** Stores the signs of weights; those of fused weights stay as they are. */
record Signs() implements Stage, LayerwiseMethod {
  @Override
  public void compress(LayerContext layer) {
    layer
        .layout()
        .parts()
        .filter(part -> part.rows() == null && !part.transposed())
        .forEach(
            part -> {
              NDArray values = layer.weight(part.name());
              SignWeight weight = SignWeight.of(values);
              weight.signs().attach(layer.scope());
              weight.scales().attach(layer.scope());
              layer.store(part.name(), weight, null);
            });
  }
}
