package dev.assay.engine.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Which candidates of a search are worth more text. All are tried on the same batches. After 4, 8,
 * 16, … of them those are given up that are behind the best so far, by Student's t test of their
 * paired differences batch by batch at a level of 1 %, one-sided. The race is over where no other
 * candidate is left that could, at that level, be better than the best by more than 1 % of its
 * loss; at the latest when all text is seen. The least loss wins, the first of equals. A loss that
 * is not finite loses at once.
 */
final class CandidateRace {
  private static final int FIRST = 4;
  private static final double LEVEL = 0.01;
  private static final double INDIFFERENT = 0.01;

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
    return left.isEmpty() || seen >= batches || racing && seen > 0 && allAlike();
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
    if (candidate == leader || seen < FIRST) {
      return false;
    }
    Lag lag = lag(candidate, leader);
    return lag.mean() > lag.margin();
  }

  /** Whether none that is left can be better than the best by a difference that counts. */
  private boolean allAlike() {
    OptionalInt leader = winner();
    if (leader.isEmpty() || seen < FIRST) {
      return left.size() <= 1;
    }
    int best = leader.getAsInt();
    return left.stream()
        .filter(k -> k != best)
        .map(k -> lag(k, best))
        .allMatch(lag -> lag.margin() - lag.mean() <= INDIFFERENT * loss(best));
  }

  /**
   * How far a candidate is behind another, a batch.
   *
   * @param mean of the differences of their losses
   * @param margin what chance makes of a difference that is none
   */
  private record Lag(double mean, double margin) {}

  private Lag lag(int candidate, int leader) {
    List<Loss> one = losses.get(candidate);
    List<Loss> other = losses.get(leader);
    double[] differences =
        IntStream.range(0, one.size())
            .mapToDouble(i -> one.get(i).mean() - other.get(i).mean())
            .toArray();
    double mean = Mean.of(differences).getAsDouble();
    double error = StandardDeviation.of(differences).getAsDouble() / Math.sqrt(differences.length);
    double quantile = TDistribution.of(differences.length - 1).inverseSurvivalProbability(LEVEL);
    return new Lag(mean, quantile * error);
  }
}
