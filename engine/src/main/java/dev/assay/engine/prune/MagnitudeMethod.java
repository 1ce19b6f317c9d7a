package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Removes the weights of least magnitude from every stored weight of a layer, or its rows. */
final class MagnitudeMethod implements LayerwiseMethod {
  private final MagnitudeParameters parameters;
  private final LayerBudgets budgets;
  private final Refitting refit;

  MagnitudeMethod(MagnitudeParameters parameters, LayerBudgets budgets) {
    this.parameters = parameters;
    this.budgets = budgets;
    this.refit = new Refitting(parameters.refit());
  }

  /** The method of a stage. */
  static CompressionMethod of(MagnitudeParameters parameters) {
    return parameters
        .of()
        .method(parameters.sparsity(), sparsity -> ofLinears(parameters.with(sparsity)));
  }

  private static CompressionMethod ofLinears(MagnitudeParameters parameters) {
    return parameters.within() == MagnitudeParameters.Within.MODEL
        ? new GlobalMagnitudeMethod(parameters)
        : parameters
            .shares()
            .method(parameters.sparsity(), budgets -> new MagnitudeMethod(parameters, budgets));
  }

  @Override
  public Set<Statistic> statistics() {
    return refit.statistics();
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
          NDArray weight = layer.weights(scope, linears);
          Sparsity sparsity = budgets.of(layer.position());
          PrunedWeight pruned =
              parameters.within() == MagnitudeParameters.Within.ROW
                  ? MagnitudePruner.pruneRows(layer.torch(), scope, weight, sparsity)
                  : MagnitudePruner.prune(layer.torch(), scope, weight, sparsity);
          layer.storeDense(linears, refit.of(layer, scope, group, linears, weight, pruned), null);
        }
      }
    }
  }
}
