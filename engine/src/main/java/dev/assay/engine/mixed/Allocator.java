package dev.assay.engine.mixed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The allocation of least cost that fits a budget, exactly, by a dynamic programme over the items.
 * Of the partial allocations those are kept that no other beats in both size and cost, and that may
 * still lead to less than a solution known before: by a Lagrangian bound on what the other items
 * cost at least. Both leave the best one in.
 */
public final class Allocator {
  /** Room for rounding where costs are held against bounds. */
  private static final double SLACK = 1e-9;

  private static final int BISECTIONS = 100;

  private final List<List<Option>> items;
  private final long budget;

  /**
   * @param items for each item the widths that it may get, at least one
   * @param budget most of all sizes together
   */
  public Allocator(List<List<Option>> items, long budget) {
    this.items = items.stream().map(List::copyOf).toList();
    this.budget = budget;
    if (items.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("found an item without options, expected one at least");
    }
  }

  /** A partial allocation. */
  private record State(long size, double cost, State before, Option last) {}

  /** The least of all sizes. */
  public long least() {
    return items.stream()
        .mapToLong(options -> options.stream().mapToLong(Option::size).min().orElseThrow())
        .sum();
  }

  /** The best allocation; nothing where none fits. */
  public Optional<Allocation> best() {
    if (least() > budget) {
      return Optional.empty();
    }
    double multiplier = multiplier();
    double known = relaxed(multiplier).stream().mapToDouble(Option::cost).sum();
    double[] bound = bounds(multiplier);
    long[] smallest = smallest();
    List<State> front = List.of(START);
    for (int i = 0; i < items.size(); i++) {
      List<State> next = new ArrayList<>();
      for (State state : front) {
        for (Option option : items.get(i)) {
          long size = state.size() + option.size();
          double cost = state.cost() + option.cost();
          double atLeast = cost + bound[i + 1] - multiplier * (budget - size);
          if (size + smallest[i + 1] <= budget && atLeast <= known * (1 + SLACK) + SLACK) {
            next.add(new State(size, cost, state, option));
          }
        }
      }
      front = undominated(next);
    }
    return front.stream()
        .min(Comparator.comparingDouble(State::cost).thenComparingLong(State::size))
        .map(state -> new Allocation(chosen(state)));
  }

  /** The best of all allocations but one; nothing where none other fits. */
  public Optional<Allocation> bestBut(Allocation other) {
    Optional<Allocation> best = Optional.empty();
    for (int i = 0; i < items.size(); i++) {
      List<List<Option>> rest = new ArrayList<>(items);
      Option taken = other.chosen().get(i);
      List<Option> without = items.get(i).stream().filter(option -> !option.equals(taken)).toList();
      if (without.isEmpty()) {
        continue;
      }
      rest.set(i, without);
      Optional<Allocation> found = new Allocator(rest, budget).best();
      if (found.isPresent() && (best.isEmpty() || found.get().cost() < best.get().cost())) {
        best = found;
      }
    }
    return best;
  }

  private static final Option NOTHING = new Option(0, 0, 0);
  private static final State START = start();

  @SuppressWarnings("NullAway") // The first state has none before it.
  private static State start() {
    return new State(0, 0, null, NOTHING);
  }

  private List<Option> chosen(State last) {
    Option[] chosen = new Option[items.size()];
    State state = last;
    for (int i = chosen.length - 1; i >= 0; i--) {
      chosen[i] = state.last();
      state = state.before();
    }
    return Arrays.asList(chosen);
  }

  private static List<State> undominated(List<State> states) {
    states.sort(Comparator.comparingLong(State::size).thenComparingDouble(State::cost));
    List<State> kept = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    for (State state : states) {
      if (state.cost() < least) {
        kept.add(state);
        least = state.cost();
      }
    }
    return kept;
  }

  /** The price of size, by bisection, at which what is best item by item just fits. */
  private double multiplier() {
    if (size(relaxed(0)) <= budget) {
      return 0;
    }
    double low = 0;
    double high = 1;
    for (int i = 0; i < BISECTIONS && size(relaxed(high)) > budget; i++) {
      high *= 2;
    }
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (size(relaxed(middle)) > budget) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** What is best item by item, where size has a price. */
  private List<Option> relaxed(double price) {
    return items.stream()
        .map(
            options ->
                options.stream()
                    .min(
                        Comparator.<Option>comparingDouble(
                                option -> option.cost() + price * option.size())
                            .thenComparingLong(Option::size))
                    .orElseThrow())
        .toList();
  }

  private static long size(List<Option> options) {
    return options.stream().mapToLong(Option::size).sum();
  }

  /** For each number of items done the least that the others add, size at its price. */
  private double[] bounds(double price) {
    double[] bounds = new double[items.size() + 1];
    for (int i = items.size() - 1; i >= 0; i--) {
      bounds[i] =
          bounds[i + 1]
              + items.get(i).stream()
                  .mapToDouble(option -> option.cost() + price * option.size())
                  .min()
                  .orElseThrow();
    }
    return bounds;
  }

  private long[] smallest() {
    long[] smallest = new long[items.size() + 1];
    for (int i = items.size() - 1; i >= 0; i--) {
      smallest[i] =
          smallest[i + 1] + items.get(i).stream().mapToLong(Option::size).min().orElseThrow();
    }
    return smallest;
  }
}
