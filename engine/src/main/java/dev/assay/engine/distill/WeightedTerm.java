package dev.assay.engine.distill;

import dev.assay.engine.config.WrittenAs;

/**
 * A term and how much it counts.
 *
 * @param weight what its value is multiplied by
 */
public record WeightedTerm(double weight, LossTerm term) implements WrittenAs {
  public WeightedTerm {
    Numbers.positive("weight", weight);
  }

  @Override
  public Object written() {
    return TermTypes.written(this);
  }
}
