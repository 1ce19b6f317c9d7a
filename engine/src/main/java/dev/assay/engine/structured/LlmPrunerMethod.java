package dev.assay.engine.structured;

import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.LayerCut;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Makes layers narrower by what the loss would lose. */
final class LlmPrunerMethod implements PlannedMethod {
  private final LlmPrunerParameters parameters;
  private final WidthRequest request;

  LlmPrunerMethod(LlmPrunerParameters parameters) {
    this.parameters = parameters;
    this.request =
        new WidthRequest(
            Set.of(Unit.HEADS, Unit.CHANNELS),
            Counting.WHOLE_ONES_STAY,
            parameters.keep(),
            Within.LAYER,
            parameters.multiple(),
            parameters.recovery());
  }

  @Override
  public Set<Statistic> statistics() {
    return request.recovery().statistics();
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public boolean differentiates() {
    return true;
  }

  @Override
  public boolean narrows() {
    return true;
  }

  @Override
  public Optional<String> ownOnly() {
    return request.ownOnly();
  }

  @Override
  public ModelSpec narrowed(ModelSpec spec, Selection selection) {
    return request.narrowed(spec, selection);
  }

  @Override
  public void requireFits(ModelSpec spec) {
    GradientSurvey.requireFits(spec);
    request.requireFits(spec);
  }

  @Override
  public double storedBits(DType source) {
    return request.storedBits(storedType(source));
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    GradientSurvey gradients = survey.gradients();
    TaylorScorer scorer = new TaylorScorer(parameters, gradients);
    gradients.look(scorer);
    SortedMap<Integer, LayerCut> cuts = request.choice().in(scorer.scores());
    return CutMethod.planned(request, cuts);
  }
}
