package dev.assay.engine.toy;

import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.weight.PerTokenInput;

/** Rounds the inputs of linears token by token. */
record RoundInputs(int bits) implements Stage, LayerwiseMethod {
  @Override
  public void compress(LayerContext layer) {
    layer
        .layout()
        .linears()
        .forEach(name -> layer.treatInput(name, new PerTokenInput(bits, false)));
  }
}
