package dev.assay.engine.quantize;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.recipe.StageType;

/** The stage {@code rtn}. */
public final class RtnStage implements StageType<RtnParameters> {
  @Override
  public String name() {
    return "rtn";
  }

  @Override
  public String summary() {
    return "Round weights to the nearest point of a uniform grid";
  }

  @Override
  public Class<RtnParameters> parameters() {
    return RtnParameters.class;
  }

  @Override
  public CompressionMethod method(RtnParameters parameters) {
    return new RtnMethod(parameters);
  }
}
