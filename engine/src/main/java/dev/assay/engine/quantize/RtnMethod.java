package dev.assay.engine.quantize;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.Statistic;
import java.util.Set;

/** Rounds every linear of a layer to nearest. */
final class RtnMethod implements CompressionMethod {
  private final RtnParameters parameters;

  RtnMethod(RtnParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of();
  }

  @Override
  public void compress(LayerContext layer) {
    layer
        .layout()
        .linears()
        .forEach(
            linear ->
                layer.storeQuantized(
                    linear,
                    RoundToNearest.quantize(
                        layer.torch(),
                        layer.scope(),
                        layer.weight(linear),
                        parameters.bits(),
                        parameters.groupSize(),
                        parameters.symmetric(),
                        parameters.mse()),
                    null));
  }
}
