package dev.assay.engine.quantize;

import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.torch.DType;
import java.util.Set;

/** Stores all weights in another floating-point type. */
final class CastMethod implements LayerwiseMethod {
  private final DType type;

  CastMethod(CastParameters parameters) {
    this.type = parameters.dtype();
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of();
  }

  @Override
  public DType storedType(DType source) {
    return type;
  }

  @Override
  public void compress(LayerContext layer) {
    layer
        .layout()
        .linears()
        .forEach(linear -> layer.storeDense(linear, layer.weight(linear), null));
  }
}
