package dev.assay.engine.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Which candidates of a search are worth more text. All are tried on the same batches; after 4, 8,
 * 16, … of them those are given up that are behind the best so far by more than four standard
 * errors of the mean of their paired differences, batch by batch. What is left at the end has seen
 * all text, and the least loss wins, the first of equals. A loss that is not finite loses at once.
 */
final class CandidateRace {
  private static final int FIRST = 4;
  private static final double STANDARD_ERRORS = 4;

  private final boolean racing;
  private final List<List<Loss>> losses = new ArrayList<>();
  private List<Integer> left;
  private int seen;

  /**
   * The loss on a batch.
   *
   * @param squares sum of squared differences
   * @param count of how many numbers
   */
  record Loss(double squares, long count) {
    double mean() {
      return squares / count;
    }
  }

  /**
   * @param racing whether any are given up before the end
   */
  CandidateRace(int candidates, boolean racing) {
    this.racing = racing;
    this.left = IntStream.range(0, candidates).boxed().toList();
    left.forEach(k -> losses.add(new ArrayList<>()));
  }

  /** Those that are still in, in order. */
  List<Integer> candidates() {
    return left;
  }

  /** Batches that those which are in have seen. */
  int seen() {
    return seen;
  }

  /** Batches that they are to have seen next, of so many. */
  int next(int batches) {
    return racing ? Math.min(batches, Math.max(FIRST, 2 * seen)) : batches;
  }

  /** Whether nothing is left to find out. */
  boolean decided(int batches) {
    return left.isEmpty() || seen >= batches;
  }

  /** What a candidate lost on the batches of this turn. */
  void add(int candidate, List<Loss> some) {
    losses.get(candidate).addAll(some);
  }

  /** Gives up what is behind, now that all that are in have seen so many batches. */
  void turn(int batches) {
    seen = batches;
    left = left.stream().filter(k -> Double.isFinite(loss(k))).toList();
    OptionalInt leader = winner();
    if (racing && leader.isPresent()) {
      int best = leader.getAsInt();
      left = left.stream().filter(k -> !behind(k, best)).toList();
    }
  }

  /** The first of those with the least loss; nothing where none is finite. */
  OptionalInt winner() {
    int best = -1;
    for (int k : left) {
      if (best < 0 || loss(k) < loss(best)) {
        best = k;
      }
    }
    return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
  }

  /** The mean loss of every candidate, on the batches that it has seen. */
  List<Double> losses() {
    return IntStream.range(0, losses.size()).mapToObj(this::loss).toList();
  }

  private double loss(int candidate) {
    double squares = 0;
    long count = 0;
    for (Loss loss : losses.get(candidate)) {
      squares += loss.squares();
      count += loss.count();
    }
    return squares / count;
  }

  private boolean behind(int candidate, int leader) {
    List<Loss> one = losses.get(candidate);
    List<Loss> other = losses.get(leader);
    if (candidate == leader || one.size() < FIRST) {
      return false;
    }
    double[] differences =
        IntStream.range(0, one.size())
            .mapToDouble(i -> one.get(i).mean() - other.get(i).mean())
            .toArray();
    double mean =
        IntStream.range(0, differences.length).mapToDouble(i -> differences[i]).average().orElse(0);
    double squares = 0;
    for (double difference : differences) {
      squares += (difference - mean) * (difference - mean);
    }
    double error = Math.sqrt(squares / (differences.length - 1) / differences.length);
    return mean > STANDARD_ERRORS * error;
  }
}
