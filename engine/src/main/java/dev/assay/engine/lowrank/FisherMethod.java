package dev.assay.engine.lowrank;

import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.DType;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Factors by what the gradients of the loss of the model as it is tell. */
final class FisherMethod implements PlannedMethod {
  private final LowRankMethod uninformed;
  private final Function<FisherInformation, LowRankMethod> factoring;

  /**
   * @param uninformed a method that needs and leaves as much
   * @param factoring the method, by what gradients tell
   */
  FisherMethod(LowRankMethod uninformed, Function<FisherInformation, LowRankMethod> factoring) {
    this.uninformed = uninformed;
    this.factoring = factoring;
  }

  @Override
  public Set<Statistic> statistics() {
    return uninformed.statistics();
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
  public int copies() {
    return uninformed.copies();
  }

  @Override
  public boolean factors() {
    return uninformed.factors();
  }

  @Override
  public Optional<String> ownOnly() {
    return uninformed.ownOnly();
  }

  @Override
  public double storedBits(DType source) {
    return uninformed.storedBits(source);
  }

  @Override
  public void requireFits(ModelSpec spec) {
    GradientSurvey.requireFits(spec);
  }

  @Override
  public LowRankMethod plan(LayerSurvey survey) {
    return factoring.apply(FisherInformation.of(survey.gradients()));
  }
}
