package dev.assay.engine.model;

/**
 * Memory that the keys and values of one sequence take.
 *
 * @param perToken bytes a token, scales and the like included
 * @param perSequence bytes beside, whatever the length
 */
public record CacheSize(double perToken, double perSequence) {
  public CacheSize {
    if (!(perToken >= 0) || !(perSequence >= 0)) {
      throw new IllegalArgumentException(
          "found %s and %s bytes, expected none below 0".formatted(perToken, perSequence));
    }
  }

  /** Both together. */
  public CacheSize plus(CacheSize other) {
    return new CacheSize(perToken + other.perToken, perSequence + other.perSequence);
  }
}
