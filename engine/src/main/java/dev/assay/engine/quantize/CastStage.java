package dev.assay.engine.quantize;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.recipe.StageType;

/** The stage {@code cast}. */
public final class CastStage implements StageType<CastParameters> {
  @Override
  public String name() {
    return "cast";
  }

  @Override
  public String summary() {
    return "Store the weights in another floating-point type";
  }

  @Override
  public Class<CastParameters> parameters() {
    return CastParameters.class;
  }

  @Override
  public CompressionMethod method(CastParameters parameters) {
    return new CastMethod(parameters);
  }
}
