package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.recipe.StageType;

/** The stage {@code wanda}. */
public final class WandaStage implements StageType<WandaParameters> {
  @Override
  public String name() {
    return "wanda";
  }

  @Override
  public String summary() {
    return "Prune by magnitude times input norm, row by row (arXiv 2306.11695)";
  }

  @Override
  public Class<WandaParameters> parameters() {
    return WandaParameters.class;
  }

  @Override
  public CompressionMethod method(WandaParameters parameters) {
    return new WandaMethod(parameters);
  }
}
