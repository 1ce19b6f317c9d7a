package dev.assay.engine.prune;

import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Statistic;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/** Prunes by another method, each layer as much as OWL gives it. */
final class OutlierWeightedMethod extends BudgetedMethod {
  private final OutlierLook look;

  /**
   * @param sparsity share of all weights that goes
   * @param pruning the method, given what goes from each layer
   */
  OutlierWeightedMethod(
      OutlierBudgets settings, Sparsity sparsity, Function<LayerBudgets, LayerwiseMethod> pruning) {
    super(sparsity, pruning);
    this.look = new OutlierLook(settings, sparsity.ratio());
  }

  /** Those of the look, and those of the method that prunes. */
  @Override
  public Set<Statistic> statistics() {
    Set<Statistic> all = EnumSet.copyOf(OutlierLook.SCORED);
    all.addAll(alike.statistics());
    return all;
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    return giving(look.budgets(survey));
  }
}
