package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LinearGroup;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes a pruner that goes by the norms of inputs through the linears of a layer, all scored on the
 * layer's original inputs.
 */
final class InputPruningMethod implements LayerwiseMethod {
  private final InputPruner pruner;
  private final Sparsity sparsity;
  private final LayerBudgets budgets;
  private final Refitting refit;

  /**
   * @param sparsity what goes of all layers together
   * @param budgets what goes from each
   * @param refit how the weights that stay are fitted to the outputs of all; null for not at all
   */
  InputPruningMethod(
      InputPruner pruner, Sparsity sparsity, LayerBudgets budgets, @Nullable Refit refit) {
    this.pruner = pruner;
    this.sparsity = sparsity;
    this.budgets = budgets;
    this.refit = new Refitting(refit);
  }

  @Override
  public Set<Statistic> statistics() {
    Set<Statistic> all = EnumSet.of(Statistic.SQUARED_NORMS);
    all.addAll(refit.statistics());
    return all;
  }

  @Override
  public Optional<String> misfit(long out, long in) {
    return sparsity.misfit(in);
  }

  @Override
  public void compress(LayerContext layer) {
    Sparsity own = budgets.of(layer.position());
    for (LinearGroup group : layer.layout().groups()) {
      GroupStatistics statistics = layer.statistics(group);
      Optional<String> tooFew = statistics.tooFew();
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          NDArray weight = layer.weights(scope, linears);
          PrunedWeight pruned =
              tooFew.isPresent()
                  ? MagnitudePruner.prune(layer.torch(), scope, weight, own)
                  : pruner.prune(layer.torch(), scope, weight, statistics.squaredNorms(), own);
          layer.storeDense(
              linears,
              refit.of(layer, scope, group, linears, weight, pruned),
              tooFew.map(why -> "pruned by magnitude: " + why).orElse(null));
        }
      }
    }
  }
}
