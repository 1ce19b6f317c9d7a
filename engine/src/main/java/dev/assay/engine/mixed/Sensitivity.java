package dev.assay.engine.mixed;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What rounding an item alone does to the model.
 *
 * @param item what is rounded
 * @param costs by bits; 0 for no harm
 */
public record Sensitivity(Item item, SortedMap<Integer, Double> costs) {
  public Sensitivity {
    costs = Collections.unmodifiableSortedMap(new TreeMap<>(costs));
    costs.forEach(
        (bits, cost) -> {
          if (!(cost >= 0 && Double.isFinite(cost))) {
            throw new IllegalArgumentException(
                "%s with %d bits: found a cost of %s, expected a number of at least 0"
                    .formatted(item.label(), bits, cost));
          }
        });
  }
}
