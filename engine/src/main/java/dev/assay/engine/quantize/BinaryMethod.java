package dev.assay.engine.quantize;

import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.GridForm;
import java.util.Optional;

/** Leaves every linear of a layer its signs and mean magnitudes. */
final class BinaryMethod implements LayerwiseMethod {
  private final BinaryParameters parameters;

  BinaryMethod(BinaryParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public double storedBits(DType source) {
    double scaleAndZero = 32;
    return parameters.groupSize() == GridForm.PER_CHANNEL
        ? 1
        : 1 + scaleAndZero / parameters.groupSize();
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(FewLevels.binaryForm(parameters.groupSize()));
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    EachLinear.store(
        layer,
        layer.layout().linears(),
        (scope, weight) ->
            FewLevels.binary(
                layer.torch(),
                scope,
                parameters.centred() ? FewLevels.centred(layer.torch(), scope, weight) : weight,
                parameters.groupSize()));
  }
}
