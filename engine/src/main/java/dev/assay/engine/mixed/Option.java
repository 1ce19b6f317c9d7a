package dev.assay.engine.mixed;

/**
 * A width that an item may get.
 *
 * @param bits the width
 * @param size what it takes of the budget, in the budget's unit
 * @param cost what it does to the model
 */
public record Option(int bits, long size, double cost) {
  public Option {
    if (size < 0 || !(cost >= 0)) {
      throw new IllegalArgumentException(
          "%d bits: found size %d and cost %s, expected at least 0 each"
              .formatted(bits, size, cost));
    }
  }
}
