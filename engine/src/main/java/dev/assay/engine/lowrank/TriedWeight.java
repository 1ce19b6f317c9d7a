package dev.assay.engine.lowrank;

import java.util.List;
import java.util.Optional;

/**
 * A stored weight, and what the model's perplexity was with it alone a product of two.
 *
 * @param layer position of its layer in the model; {@code LinearOutcome.BESIDE} for the head
 * @param linears that are stored in it
 * @param isFeed whether it is of a feed-forward
 * @param out rows
 * @param in columns
 * @param scale what its inputs count by, [in]
 * @param lack why inputs count alike, if they do
 * @param perplexities for each share that was tried
 */
record TriedWeight(
    int layer,
    List<String> linears,
    boolean isFeed,
    long out,
    long in,
    List<Float> scale,
    Optional<String> lack,
    List<Double> perplexities) {
  TriedWeight {
    linears = List.copyOf(linears);
    scale = List.copyOf(scale);
    perplexities = List.copyOf(perplexities);
  }

  /** Numbers that it has. */
  long parameters() {
    return out * in;
  }
}
