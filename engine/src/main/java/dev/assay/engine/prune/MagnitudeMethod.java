package dev.assay.engine.prune;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.Statistic;
import java.util.Set;

/** Removes the weights of least magnitude from every linear of a layer. */
final class MagnitudeMethod implements CompressionMethod {
  private final MagnitudeParameters parameters;

  MagnitudeMethod(MagnitudeParameters parameters) {
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
            linear -> {
              try (NDManager scope = layer.scope().newSubManager()) {
                PrunedWeight pruned =
                    MagnitudePruner.prune(
                        layer.torch(), scope, layer.weight(linear), parameters.sparsity());
                layer.storeDense(linear, pruned.weight(), null);
              }
            });
  }
}
