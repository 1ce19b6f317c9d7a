package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GridRounding;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;

/** Quantizes every linear of a layer by half-quadratic splitting. */
final class HqqMethod implements LayerwiseMethod {
  private final HqqParameters parameters;

  HqqMethod(HqqParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public double storedBits(DType source) {
    double zero = 16;
    return parameters.groupSize() == GridForm.PER_CHANNEL
        ? parameters.bits()
        : parameters.bits() + (zero + 16) / parameters.groupSize();
  }

  @Override
  public Optional<GridForm> grid() {
    return Optional.of(HalfQuadratic.form(parameters));
  }

  /** In rows alone: groups across rows have no rows that could be read one by one. */
  @Override
  public Optional<GridRounding> besideLayers() {
    return parameters.axis() == 1 ? Optional.of(this::inRows) : Optional.empty();
  }

  @Override
  public Optional<String> misfitBeside(long out, long in) {
    return parameters.groupSize() == GridForm.PER_CHANNEL || in % parameters.groupSize() == 0
        ? Optional.empty()
        : Optional.of(
            "found %d columns, expected whole groups of %d".formatted(in, parameters.groupSize()));
  }

  private QuantizedWeight inRows(TorchSession torch, NDManager owner, NDArray weight) {
    StoredWeight stored =
        new HalfQuadratic(torch, parameters).quantize(owner, weight, DType.FLOAT32);
    return stored.onGrid().orElseThrow();
  }

  @Override
  public boolean roundsFactors() {
    return true;
  }

  @Override
  public void compress(LayerContext layer) {
    HalfQuadratic method = new HalfQuadratic(layer.torch(), parameters);
    layer.layout().linears().forEach(linear -> quantize(layer, linear, method));
  }

  private static void quantize(LayerContext layer, String linear, HalfQuadratic method) {
    NDArray weight = layer.weight(linear);
    Optional<String> obstacle =
        method
            .groups()
            .obstacle(
                weight.getShape().get(0),
                weight.getShape().get(1),
                layer.layout().sharesTensor(linear));
    if (obstacle.isPresent()) {
      layer.storeDense(linear, weight, obstacle.get());
      return;
    }
    StoredWeight stored = method.quantize(layer.scope(), weight, layer.storedType(linear));
    Optional<QuantizedWeight> grid = stored.onGrid();
    if (grid.isPresent()) {
      layer.storeQuantized(linear, grid.get(), null);
    } else {
      layer.store(linear, stored, null);
    }
  }
}
