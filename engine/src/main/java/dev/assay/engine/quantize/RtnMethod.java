package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GridRounding;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Optional;
import java.util.Set;

/** Rounds every linear of a layer to nearest. */
final class RtnMethod implements LayerwiseMethod {
  private final RtnParameters parameters;

  RtnMethod(RtnParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of();
  }

  @Override
  public double storedBits(DType source) {
    return GridForm.bitsPerWeight(parameters.bits(), parameters.groupSize());
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(
        GridForm.published(
            parameters.bits(), parameters.groupSize(), parameters.symmetric(), true));
  }

  @Override
  public Optional<GridRounding> besideLayers() {
    return Optional.of(this::quantize);
  }

  private QuantizedWeight quantize(TorchSession torch, NDManager owner, NDArray weight) {
    return RoundToNearest.quantize(torch, owner, weight, parameters.uniformGrid());
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    layer
        .layout()
        .linears()
        .forEach(
            linear ->
                RoundToNearest.store(layer, linear, parameters.uniformGrid(), Optional.empty()));
  }
}
