package dev.assay.engine.prune;

import dev.assay.engine.calibration.LayerSurvey;
import java.util.List;

/** What OWL finds in a model, and what it makes of that, for tests elsewhere. */
public final class OutlierShares {
  private OutlierShares() {}

  /** Percents of each layer's weights that stand out. */
  public static List<Double> of(LayerSurvey survey, OutlierBudgets settings) {
    OutlierLook look = new OutlierLook(settings, 0.5);
    return List.copyOf(look.outlierShares(survey).values());
  }

  /** Shares of each layer's weights that go. */
  public static List<Double> ratios(List<Double> outliers, double spread, double sparsity) {
    return OutlierLook.ratios(outliers, spread, sparsity);
  }
}
