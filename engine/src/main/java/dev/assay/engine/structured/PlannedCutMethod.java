package dev.assay.engine.structured;

import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import java.util.Optional;
import java.util.Set;

/** Makes layers narrower by what a look at the whole model tells of their heads and channels. */
final class PlannedCutMethod implements PlannedMethod {
  private final WidthRequest request;
  private final WidthLook look;

  PlannedCutMethod(WidthRequest request, WidthLook look) {
    this.request = request;
    this.look = look;
  }

  /** Those of the look, and those of the method that cuts. */
  @Override
  public Set<Statistic> statistics() {
    return request.statistics(look.statistics());
  }

  @Override
  public boolean needsCalibration() {
    return look.differentiates() || !statistics().isEmpty();
  }

  @Override
  public boolean differentiates() {
    return look.differentiates();
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
  public Optional<String> leavesAll(ModelSpec spec, Selection selection) {
    return request.leavesAll(spec, selection);
  }

  @Override
  public void requireFits(ModelSpec spec) {
    look.requireFits(spec);
    request.requireFits(spec);
  }

  @Override
  public double storedBits(DType source) {
    return request.storedBits(storedType(source));
  }

  @Override
  public LayerwiseMethod plan(LayerSurvey survey) {
    return CutMethod.planned(request, request.choice().in(look.scores(survey)));
  }
}
