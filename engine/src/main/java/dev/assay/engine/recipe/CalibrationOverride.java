package dev.assay.engine.recipe;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.tokenizer.BosPolicy;
import org.jspecify.annotations.Nullable;

/** The parts of a recipe's {@link Calibration} that a suite replaces; null keeps the recipe's. */
public record CalibrationOverride(
    @Describe("name of a data set, or path of a text file") @Nullable String dataset,
    @Describe("split of the data set") @Nullable String split,
    @Describe("number of sequences") @Nullable Integer samples,
    @Describe("tokens a sequence, capped at the model's context") @Nullable Integer length,
    @Describe("random offsets, or the first windows in order") @Nullable Sampling sampling,
    @Describe("beginning-of-sequence token: none, first in the text, or first in every sample")
        @Nullable BosPolicy bos,
    @Describe("seed of the drawing") @Nullable Long seed) {
  public CalibrationOverride {
    if (samples != null) {
      Require.atLeast("samples", samples, 1);
    }
    if (length != null) {
      Require.atLeast("length", length, 1);
    }
  }
}
