package dev.assay.engine.model;

/** How a transformer knows where a token stands. */
public sealed interface Positions {
  /** Queries and keys turn (Su et al. 2021). */
  record Rotary(Rope rope) implements Positions {}

  /**
   * A learned vector is added to the embedding.
   *
   * @param offset row of position 0
   */
  record Learned(int offset) implements Positions {}

  /** Scores fall with distance (Press et al. 2022). */
  record Linear(Alibi alibi) implements Positions {}

  /**
   * A learned term for each distance is added to the scores (Raffel et al. 2020).
   *
   * @param buckets rows of the table
   * @param maxDistance where the last bucket begins
   */
  record Relative(int buckets, int maxDistance) implements Positions {
    public Relative {
      StackSpec.within("relative_attention_num_buckets", buckets, 1 << 16);
      if (buckets < 4) {
        throw new IllegalArgumentException(
            "relative_attention_num_buckets: found " + buckets + ", expected at least 4");
      }
      // Half of the buckets are for single distances, of which the last begins the others.
      if (maxDistance <= buckets / 2) {
        throw new IllegalArgumentException(
            "relative_attention_max_distance: found %d, expected above half of the %d buckets"
                .formatted(maxDistance, buckets));
      }
    }
  }
}
