package dev.assay.engine.prune;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Removes the weights of least magnitude from every stored weight of a layer. */
final class MagnitudeMethod implements LayerwiseMethod {
  private final MagnitudeParameters parameters;

  MagnitudeMethod(MagnitudeParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Set<Statistic> statistics() {
    return Set.of();
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return parameters.sparsity().misfit(in);
  }

  @Override
  public void compress(LayerContext layer) {
    for (LinearGroup group : layer.layout().groups()) {
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          PrunedWeight pruned =
              MagnitudePruner.prune(
                  layer.torch(), scope, layer.weights(scope, linears), parameters.sparsity());
          layer.storeDense(linears, pruned.weight(), null);
        }
      }
    }
  }
}
