package dev.assay.engine.quantize;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.recipe.StageType;

/** The stage {@code awq}. */
public final class AwqStage implements StageType<AwqParameters> {
  @Override
  public String name() {
    return "awq";
  }

  @Override
  public String summary() {
    return "Scale salient channels and clip ranges before rounding (arXiv 2306.00978)";
  }

  @Override
  public Class<AwqParameters> parameters() {
    return AwqParameters.class;
  }

  @Override
  public CompressionMethod method(AwqParameters parameters) {
    return new AwqMethod(parameters);
  }
}
