package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.recipe.StageType;

/** The stage {@code magnitude}. */
public final class MagnitudeStage implements StageType<MagnitudeParameters> {
  @Override
  public String name() {
    return "magnitude";
  }

  @Override
  public String summary() {
    return "Prune the smallest weights of each linear";
  }

  @Override
  public Class<MagnitudeParameters> parameters() {
    return MagnitudeParameters.class;
  }

  @Override
  public CompressionMethod method(MagnitudeParameters parameters) {
    return new MagnitudeMethod(parameters);
  }
}
