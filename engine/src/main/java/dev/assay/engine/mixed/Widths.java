package dev.assay.engine.mixed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The outcome of a search.
 *
 * @param items what gets a width
 * @param allocation the width of each
 * @param capacity what there was to give
 */
public record Widths(List<Item> items, Allocation allocation, long capacity) {
  public Widths {
    items = List.copyOf(items);
    if (items.size() != allocation.chosen().size()) {
      throw new IllegalArgumentException("found another number of widths than of items");
    }
  }

  /** Full names of linears by the bits that they get, the widest first. */
  public SortedMap<Integer, List<String>> linears() {
    SortedMap<Integer, List<String>> linears = new TreeMap<>(Comparator.reverseOrder());
    for (int i = 0; i < items.size(); i++) {
      linears
          .computeIfAbsent(allocation.chosen().get(i).bits(), bits -> new ArrayList<>())
          .addAll(items.get(i).linears());
    }
    return Collections.unmodifiableSortedMap(linears);
  }

  /** Mean bits a weight, of codes alone. */
  public double meanBits() {
    double bits = 0;
    double weights = 0;
    for (int i = 0; i < items.size(); i++) {
      bits += (double) allocation.chosen().get(i).bits() * items.get(i).weights();
      weights += items.get(i).weights();
    }
    return bits / weights;
  }
}
