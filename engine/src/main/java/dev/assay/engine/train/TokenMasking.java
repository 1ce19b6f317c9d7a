package dev.assay.engine.train;

import dev.assay.engine.config.Require;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Masks tokens of a sequence, each by itself, as transformers' DataCollatorForLanguageModeling
 * draws them. Special tokens are never chosen, and, unlike there, never put in another's place.
 */
public final class TokenMasking {
  private final Masking how;
  private final long maskId;
  private final long[] ordinary;

  /**
   * @param maskId the mask
   * @param ordinary ids of all tokens that are not special, in ascending order
   */
  public TokenMasking(Masking how, long maskId, long[] ordinary) {
    Require.that(ordinary.length > 0, "ordinary", "none", "at least one token");
    this.how = how;
    this.maskId = maskId;
    this.ordinary = ordinary.clone();
  }

  /**
   * Masks a sequence in place.
   *
   * @param labels gets the tokens that were chosen, and {@value TrainingBatch#UNSCORED} elsewhere
   */
  void mask(long[] ids, long[] labels, SplittableRandom draws) {
    for (int i = 0; i < ids.length; i++) {
      labels[i] = TrainingBatch.UNSCORED;
      if (Arrays.binarySearch(ordinary, ids[i]) < 0 || draws.nextDouble() >= how.share()) {
        continue;
      }
      labels[i] = ids[i];
      double place = draws.nextDouble();
      if (place < how.masked()) {
        ids[i] = maskId;
      } else if (place < how.masked() + how.random()) {
        ids[i] = ordinary[draws.nextInt(ordinary.length)];
      }
    }
  }
}
