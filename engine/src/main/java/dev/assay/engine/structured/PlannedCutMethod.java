package dev.assay.engine.structured;

import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes layers narrower by what a look at the whole model tells of their heads and channels. */
final class PlannedCutMethod implements PlannedMethod {
  private final WidthRequest request;
  private final WidthScorer scorer;

  PlannedCutMethod(WidthRequest request, WidthScorer scorer) {
    this.request = request;
    this.scorer = scorer;
  }

  /** Those of the look, and those of the method that cuts. */
  @Override
  public Set<Statistic> statistics() {
    Set<Statistic> all = EnumSet.noneOf(Statistic.class);
    all.addAll(scorer.statistics());
    all.addAll(request.recovery().statistics());
    return all;
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
    request.requireFits(spec);
  }

  @Override
  public double storedBits(DType source) {
    return request.storedBits(storedType(source));
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    SortedMap<Integer, WidthScores> scores = new TreeMap<>();
    survey.look(scorer.statistics(), layer -> scores.put(layer.position(), scorer.of(layer)));
    return CutMethod.planned(request, request.choice().in(scores));
  }
}
