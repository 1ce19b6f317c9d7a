package dev.assay.engine.prune;

import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.LossSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.ModelSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Prunes by another method, each layer as much as costs the model's loss least. */
final class SensitivityWeightedMethod extends BudgetedMethod {
  /** Nearer to nothing and to all no layer is tried. */
  private static final double LEAST = 0.01;

  private final SensitivityBudgets settings;

  /**
   * @param sparsity share of all weights that goes
   * @param pruning the method, given what goes from each layer
   */
  SensitivityWeightedMethod(
      SensitivityBudgets settings,
      Sparsity sparsity,
      Function<LayerBudgets, LayerwiseMethod> pruning) {
    super(sparsity, pruning);
    this.settings = settings;
  }

  @Override
  public Set<Statistic> statistics() {
    return alike.statistics();
  }

  /** For the loss, whatever the method itself looks at. */
  @Override
  public boolean needsCalibration() {
    return true;
  }

  /** What flows into a layer, and into and out of one behind it. */
  @Override
  public int states() {
    return 3;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    LossSurvey.requireFits(spec);
    alike.requireFits(spec);
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    if (settings.spread() == 0) {
      return alike;
    }
    List<LayerLosses> layers = losses(survey);
    SortedMap<Integer, Long> gone = gone(layers);
    Map<Integer, Sparsity> budgets = new HashMap<>();
    for (LayerLosses layer : layers) {
      long own = Objects.requireNonNull(gone.get(layer.layer()), "a layer that was tried");
      budgets.put(layer.layer(), ratio(own, layer.weights()));
    }
    return giving(budgets);
  }

  /** How many weights of each layer go, by its position. */
  SortedMap<Integer, Long> gone(List<LayerLosses> layers) {
    long all = layers.stream().mapToLong(LayerLosses::weights).sum();
    return BudgetSplit.of(layers, (long) Math.rint(sparsity * all));
  }

  /** What each layer costs alone. */
  List<LayerLosses> losses(LayerSurvey survey) {
    List<LayerLosses> layers = new ArrayList<>();
    survey
        .trials(settings.samples())
        .look(
            (layer, weights, trial) -> {
              List<Long> gone = tried(weights);
              List<Double> losses = new ArrayList<>();
              for (long each : gone) {
                Sparsity own = ratio(each, weights);
                losses.add(trial.loss(pruning.apply(LayerBudgets.alike(own))));
              }
              layers.add(new LayerLosses(layer, weights, gone, losses));
            });
    return layers;
  }

  /** How many weights of a layer go in its trials: rounded outwards, so that all can be met. */
  private List<Long> tried(long weights) {
    double least = Math.max(sparsity - settings.spread(), Math.min(LEAST, sparsity));
    double most = Math.min(sparsity + settings.spread(), Math.max(1 - LEAST, sparsity));
    return Stream.of(
            Math.floor(least * weights), Math.rint(sparsity * weights), Math.ceil(most * weights))
        .map(count -> Math.max(1, Math.min(weights - 1, count.longValue())))
        .distinct()
        .toList();
  }

  private static Sparsity ratio(long gone, long weights) {
    return new Sparsity.Unstructured((double) gone / weights);
  }
}
