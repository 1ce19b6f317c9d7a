package dev.assay.engine.run;

import java.util.SplittableRandom;

/**
 * Random numbers of many draws beside each other, each settled by the seed and its own number
 * alone.
 */
public record Draws(long seed) {
  private static final long STRIDE = 0xD1342543DE82EF95L;

  /**
   * Those of a draw. Seeds that lie a step of the generator apart would give the same numbers, one
   * place further; so they are hashed first.
   */
  public SplittableRandom of(long number) {
    return new SplittableRandom(new SplittableRandom(seed + STRIDE * (number + 1)).nextLong());
  }
}
