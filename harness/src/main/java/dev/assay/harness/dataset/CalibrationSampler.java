package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.recipe.Sampling;
import java.util.SplittableRandom;

/**
 * Chooses the sequences that a compression is calibrated on.
 *
 * <p>Random offsets come from {@code new SplittableRandom(seed)}, one {@code nextInt(N − length +
 * 1)} a sequence for a text of N tokens, in order; so a seed gives the same sequences on every
 * machine.
 *
 * @param sampling how
 * @param samples number of sequences
 * @param length tokens in each
 * @param seed of the random offsets; without effect on {@link Sampling#FIRST}
 */
public record CalibrationSampler(Sampling sampling, int samples, int length, long seed) {

  public CalibrationSampler {
    if (samples < 1) {
      throw new IllegalArgumentException("samples: found " + samples + ", expected at least 1");
    }
    if (length < 1) {
      throw new IllegalArgumentException("length: found " + length + ", expected at least 1");
    }
  }

  /**
   * Takes the sequences from a text.
   *
   * @throws BadInputException if the text is too short for them
   */
  public CalibrationSequences sample(TokenSequence tokens) {
    long needed = sampling == Sampling.FIRST ? (long) samples * length : length;
    if (tokens.size() < needed) {
      throw new BadInputException(
          "%s: found %d tokens, expected at least %d for %d calibration samples of %d tokens (%s)"
              .formatted(
                  tokens.source(),
                  tokens.size(),
                  needed,
                  samples,
                  length,
                  sampling == Sampling.FIRST ? "first windows" : "random offsets"));
    }
    SplittableRandom random = new SplittableRandom(seed);
    long[][] sequences = new long[samples][];
    for (int i = 0; i < samples; i++) {
      int offset =
          switch (sampling) {
            case RANDOM -> random.nextInt(tokens.size() - length + 1);
            case FIRST -> i * length;
          };
      sequences[i] = tokens.slice(offset, length);
    }
    return new CalibrationSequences(sequences);
  }
}
