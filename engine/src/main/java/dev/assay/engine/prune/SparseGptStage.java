package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.recipe.StageType;

/** The stage {@code sparsegpt}. */
public final class SparseGptStage implements StageType<SparseGptParameters> {
  @Override
  public String name() {
    return "sparsegpt";
  }

  @Override
  public String summary() {
    return "Prune, and optionally quantize, making up for the error (arXiv 2301.00774)";
  }

  @Override
  public Class<SparseGptParameters> parameters() {
    return SparseGptParameters.class;
  }

  @Override
  public CompressionMethod method(SparseGptParameters parameters) {
    return new SparseGptMethod(parameters);
  }
}
