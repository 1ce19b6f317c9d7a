package dev.assay.engine.train;

import java.util.SplittableRandom;

/**
 * What is drawn of a sequence, whatever batch it is in and whatever was drawn before: it depends on
 * a seed, on which sequence it is and on how often it came before alone.
 */
final class DrawOfPlace {
  // Odd, and no small multiples of what SplittableRandom steps by: streams are not parts of others.
  private static final long PER_PASS = 0xBF58476D1CE4E5B9L;
  private static final long PER_SEQUENCE = 0x94D049BB133111EBL;

  private DrawOfPlace() {}

  /** The generator of a sequence. */
  static SplittableRandom of(long seed, long pass, int sequence) {
    return new SplittableRandom(seed + PER_PASS * (pass + 1) + PER_SEQUENCE * (sequence + 1L));
  }
}
