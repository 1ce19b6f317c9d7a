package dev.assay.harness.dataset;

import java.util.SplittableRandom;

/**
 * Token ids drawn evenly from a vocabulary, for models that have no tokenizer. They come from
 * {@code new SplittableRandom(seed)}, one {@code nextInt} an id, in order.
 *
 * @param vocabularySize ids are below it
 * @param seed of the drawing
 */
public record RandomTokens(int vocabularySize, long seed) {
  public RandomTokens {
    if (vocabularySize < 1) {
      throw new IllegalArgumentException(
          "vocabularySize: found " + vocabularySize + ", expected at least 1");
    }
  }

  /** Sequences to calibrate on. */
  public CalibrationSequences sequences(int samples, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    long[][] sequences = new long[samples][length];
    for (long[] sequence : sequences) {
      for (int i = 0; i < length; i++) {
        sequence[i] = random.nextInt(vocabularySize);
      }
    }
    return new CalibrationSequences(sequences);
  }
}
