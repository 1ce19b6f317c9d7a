package dev.assay.engine.quantize;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.recipe.StageType;

/** The stage {@code gptq}. */
public final class GptqStage implements StageType<GptqParameters> {
  @Override
  public String name() {
    return "gptq";
  }

  @Override
  public String summary() {
    return "Quantize column by column, later columns making up for the error (arXiv 2210.17323)";
  }

  @Override
  public Class<GptqParameters> parameters() {
    return GptqParameters.class;
  }

  @Override
  public CompressionMethod method(GptqParameters parameters) {
    return new GptqMethod(parameters);
  }
}
