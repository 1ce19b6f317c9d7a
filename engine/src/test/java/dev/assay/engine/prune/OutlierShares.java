package dev.assay.engine.prune;

import dev.assay.engine.calibration.LayerSurvey;
import java.util.List;

/** What OWL finds in a model, and what it makes of that, for tests elsewhere. */
public final class OutlierShares {
  private OutlierShares() {}

  /** Percents of each layer's weights that stand out. */
  public static List<Double> of(LayerSurvey survey, OutlierBudgets settings) {
    Sparsity half = new Sparsity.Unstructured(0.5);
    OutlierWeightedMethod method =
        new OutlierWeightedMethod(
            settings, half, budgets -> WandaMethod.with(new WandaParameters(half), half, budgets));
    return List.copyOf(method.outlierShares(survey).values());
  }

  /** Shares of each layer's weights that go. */
  public static List<Double> ratios(List<Double> outliers, double spread, double sparsity) {
    return OutlierWeightedMethod.ratios(outliers, spread, sparsity);
  }
}
