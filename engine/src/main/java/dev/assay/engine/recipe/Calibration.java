package dev.assay.engine.recipe;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.tokenizer.BosPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What compression is calibrated on. The defaults are the papers' 128 sequences of 2048 tokens.
 *
 * @param dataset name of a data set, or path of a text file
 * @param split split of the data set
 * @param samples number of sequences
 * @param length tokens a sequence; capped at the model's context
 * @param sampling how sequences are drawn
 * @param bos token that begins a sequence
 * @param seed seed of the drawing; null for the suite's
 */
public record Calibration(
    @Default("europarl-en") @Describe("name of a data set, or path of a text file") String dataset,
    @Default("train") @Describe("split of the data set") String split,
    @Default("128") @Describe("number of sequences") int samples,
    @Default("2048") @Describe("tokens a sequence, capped at the model's context") int length,
    @Default("random") @Describe("random offsets, or the first windows in order") Sampling sampling,
    @Default("none")
        @Describe("beginning-of-sequence token: none, first in the text, or first in every sample")
        BosPolicy bos,
    @Describe("seed of the drawing; the suite's if left out") @Nullable Long seed) {
  public Calibration {
    Require.atLeast("samples", samples, 1);
    Require.atLeast("length", length, 1);
  }

  /** This calibration where an override says nothing, the override where it does. */
  public Calibration with(CalibrationOverride override) {
    return new Calibration(
        override.dataset() == null ? dataset : override.dataset(),
        override.split() == null ? split : override.split(),
        override.samples() == null ? samples : override.samples(),
        override.length() == null ? length : override.length(),
        override.sampling() == null ? sampling : override.sampling(),
        override.bos() == null ? bos : override.bos(),
        override.seed() == null ? seed : override.seed());
  }

  /** This calibration with a seed, if it has none of its own. */
  public Calibration seededBy(long fallback) {
    return seed == null
        ? new Calibration(dataset, split, samples, length, sampling, bos, fallback)
        : this;
  }
}
