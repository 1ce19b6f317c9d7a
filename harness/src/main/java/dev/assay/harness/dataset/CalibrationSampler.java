package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.recipe.Sampling;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.apache.commons.lang3.ArrayUtils;

/**
 * Chooses the sequences that a compression is calibrated on.
 *
 * <p>Random offsets come from {@code new SplittableRandom(seed)}, one {@code nextInt(N − length +
 * 1)} a sequence for a text of N tokens, in order; so a seed gives the same sequences on every
 * machine.
 *
 * <p>Where each sample begins with a BOS, that is one of its tokens; what is drawn is as much
 * shorter.
 *
 * @param sampling how
 * @param samples number of sequences
 * @param length tokens in each
 * @param bos the first token of each; empty where the text alone fills it
 * @param seed of the random offsets; without effect on {@link Sampling#FIRST}
 */
public record CalibrationSampler(
    Sampling sampling, int samples, int length, OptionalLong bos, long seed) {

  public CalibrationSampler {
    if (samples < 1) {
      throw new IllegalArgumentException("samples: found " + samples + ", expected at least 1");
    }
    int least = bos.isPresent() ? 2 : 1;
    if (length < least) {
      throw new IllegalArgumentException(
          "length: found " + length + ", expected at least " + least);
    }
  }

  /**
   * Takes the sequences from a text.
   *
   * @throws BadInputException if the text is too short for them
   */
  public CalibrationSequences sample(TokenSequence tokens) {
    int drawn = bos.isPresent() ? length - 1 : length;
    long needed = sampling == Sampling.FIRST ? (long) samples * drawn : drawn;
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
            case RANDOM -> random.nextInt(tokens.size() - drawn + 1);
            case FIRST -> i * drawn;
          };
      long[] text = tokens.slice(offset, drawn);
      sequences[i] = bos.isPresent() ? ArrayUtils.addFirst(text, bos.getAsLong()) : text;
    }
    return new CalibrationSequences(sequences);
  }
}
