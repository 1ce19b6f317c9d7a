package dev.assay.engine.distill;

import dev.assay.engine.config.Require;

/**
 * A term and how much it counts.
 *
 * @param weight what its value is multiplied by
 */
public record WeightedTerm(double weight, LossTerm term) {
  public WeightedTerm {
    Require.that(weight > 0 && Double.isFinite(weight), "weight", weight, "above 0");
  }
}
