package dev.assay.engine.structured;

import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.ModelSpec;
import java.util.Set;
import java.util.SortedMap;

/** Heads and channels are worth what the loss would lose. */
record TaylorLook(LlmPrunerParameters parameters) implements WidthLook {
  @Override
  public Set<Statistic> statistics() {
    return Set.of();
  }

  @Override
  public boolean differentiates() {
    return true;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    GradientSurvey.requireFits(spec);
  }

  @Override
  public SortedMap<Integer, WidthScores> scores(LayerSurvey survey) {
    GradientSurvey gradients = survey.gradients();
    TaylorScorer scorer = new TaylorScorer(parameters, gradients);
    gradients.look(scorer);
    return scorer.scores();
  }
}
