package dev.assay.engine.mixed;

import java.util.List;

/**
 * A width for every item.
 *
 * @param chosen one option of each item, in their order
 */
public record Allocation(List<Option> chosen) {
  public Allocation {
    chosen = List.copyOf(chosen);
  }

  /** Sum of the costs. */
  public double cost() {
    return chosen.stream().mapToDouble(Option::cost).sum();
  }

  /** Sum of the sizes. */
  public long size() {
    return chosen.stream().mapToLong(Option::size).sum();
  }
}
