package dev.assay.engine.toy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.Source;
import dev.assay.engine.recipe.Stage;
import java.util.Objects;

/** Divides norms by a factor, multiplies the linears that read them by it, and stores nothing. */
record Fold(double factor) implements Stage, LayerwiseMethod {
  @Override
  public void compress(LayerContext layer) {
    for (Folding folding : layer.layout().foldings()) {
      if (folding.source() instanceof Source.Norm norm) {
        String name = Objects.requireNonNull(layer.layout().modules().get(norm.module()));
        double offset = layer.layout().norm().offset();
        NDArray weight = layer.value(name).orElseThrow();
        layer.replace(name, weight.add(offset).div(factor).sub(offset));
        layer
            .layout()
            .bias(norm.module())
            .ifPresent(bias -> layer.replace(bias, layer.value(bias).orElseThrow().div(factor)));
        for (String linear : folding.linears()) {
          layer.replace(linear, layer.weight(linear).mul(factor));
        }
      }
    }
  }
}
