package dev.assay.engine.conditional;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets of some of the numbers from 0.
 *
 * @param of how many numbers there are
 * @param size of a set
 */
record Subsets(int of, int size) {
  Subsets {
    if (size < 0 || size > of) {
      throw new IllegalArgumentException("found sets of " + size + " of " + of);
    }
  }

  /** How many there are. */
  BigInteger count() {
    BigInteger count = BigInteger.ONE;
    for (int i = 1; i <= size; i++) {
      count = count.multiply(BigInteger.valueOf(of - size + i)).divide(BigInteger.valueOf(i));
    }
    return count;
  }

  /** All of them, in lexicographic order. */
  List<List<Integer>> all() {
    List<List<Integer>> all = new ArrayList<>();
    extend(List.of(), 0, all);
    return all;
  }

  private void extend(List<Integer> begun, int next, List<List<Integer>> all) {
    if (begun.size() == size) {
      all.add(begun);
      return;
    }
    for (int number = next; number <= of - (size - begun.size()); number++) {
      List<Integer> longer = new ArrayList<>(begun);
      longer.add(number);
      extend(List.copyOf(longer), number + 1, all);
    }
  }
}
