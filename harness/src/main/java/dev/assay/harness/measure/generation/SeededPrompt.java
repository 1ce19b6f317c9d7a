package dev.assay.harness.measure.generation;

import java.util.Random;

/**
 * Prompts of token ids drawn evenly from the vocabulary. Dense and packed products take as long
 * whatever the ids; the generator is specified by the Java platform, so all machines draw the same.
 */
public final class SeededPrompt {
  private static final long SEED = 0;

  /** The prompts in protocols. */
  public static final String DESCRIPTION =
      "token ids drawn evenly by java.util.Random, seed " + SEED;

  private SeededPrompt() {}

  /** Ids [batch][length]. */
  public static long[][] of(int vocabularySize, int batch, int length) {
    Random random = new Random(SEED);
    long[][] ids = new long[batch][length];
    for (long[] row : ids) {
      for (int i = 0; i < length; i++) {
        row[i] = random.nextInt(vocabularySize);
      }
    }
    return ids;
  }
}
