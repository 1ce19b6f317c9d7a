package dev.assay.engine.quantize;

import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.Optional;

/** Leaves every linear of a layer three values. */
final class TernaryMethod implements LayerwiseMethod {
  private static final double BITS = 2;

  private final TernaryParameters parameters;

  TernaryMethod(TernaryParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public double storedBits(DType source) {
    return BITS;
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(FewLevels.ternaryForm());
  }

  @Override
  public void compress(LayerContext layer) {
    EachLinear.store(
        layer,
        layer.layout().linears(),
        (scope, weight) ->
            FewLevels.ternary(layer.torch(), scope, weight, parameters.rule(), parameters.share()));
  }
}
