package dev.assay.engine.train;

/**
 * A tensor that is learned.
 *
 * @param name under which the objective loads it
 * @param rate learning rate, times the schedule's factor; 0 for one that stays
 * @param least to which its values are raised before each step, outside of gradients
 * @param greatest to which they are lowered
 */
public record Parameter(String name, double rate, double least, double greatest) {
  public Parameter {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException(name + ": found a rate of " + rate + ", expected from 0");
    }
    if (!(least <= greatest)) {
      throw new IllegalArgumentException(
          name + ": found bounds " + least + " and " + greatest + ", expected them in order");
    }
  }

  /** One without bounds. */
  public static Parameter free(String name, double rate) {
    return new Parameter(name, rate, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }
}
