package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes Wanda through the linears of a layer, all scored on the layer's original inputs. */
final class WandaMethod implements LayerwiseMethod {
  private final WandaParameters parameters;
  private final LayerBudgets budgets;
  private final Refitting refit;

  WandaMethod(WandaParameters parameters, LayerBudgets budgets) {
    this.parameters = parameters;
    this.budgets = budgets;
    this.refit = new Refitting(parameters.refit());
  }

  /** The method of a stage. */
  static CompressionMethod of(WandaParameters parameters) {
    return parameters
        .of()
        .method(
            parameters.sparsity(),
            sparsity ->
                ofLinears(new WandaParameters(sparsity, parameters.refit(), parameters.owl())));
  }

  private static CompressionMethod ofLinears(WandaParameters parameters) {
    OutlierBudgets owl = parameters.owl();
    return owl == null
        ? new WandaMethod(parameters, LayerBudgets.alike(parameters.sparsity()))
        : new OutlierWeightedMethod(
            owl, parameters.sparsity(), budgets -> new WandaMethod(parameters, budgets));
  }

  @Override
  public Set<Statistic> statistics() {
    Set<Statistic> all = EnumSet.of(Statistic.SQUARED_NORMS);
    all.addAll(refit.statistics());
    return all;
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return parameters.sparsity().misfit(in);
  }

  @Override
  public void compress(LayerContext layer) {
    Sparsity sparsity = budgets.of(layer.position());
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics = layer.statistics(group);
      Optional<String> tooFew = statistics.tooFew();
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          NDArray weight = layer.weights(scope, linears);
          PrunedWeight pruned =
              tooFew.isPresent()
                  ? MagnitudePruner.prune(layer.torch(), scope, weight, sparsity)
                  : WandaPruner.prune(
                      layer.torch(), scope, weight, statistics.squaredNorms(), sparsity);
          layer.storeDense(
              linears,
              refit.of(layer, scope, group, linears, weight, pruned),
              tooFew.map(why -> "pruned by magnitude: " + why).orElse(null));
        }
      }
    }
  }
}
