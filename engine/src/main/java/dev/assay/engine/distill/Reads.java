package dev.assay.engine.distill;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What of a model terms read beside its logits.
 *
 * @param states numbers of states: 0 is the embedding's, i what is behind layer i − 1
 * @param scores layers whose attention scores
 * @param queries layers whose queries
 * @param keys layers whose keys
 * @param values layers whose values
 */
public record Reads(
    SortedSet<Integer> states,
    SortedSet<Integer> scores,
    SortedSet<Integer> queries,
    SortedSet<Integer> keys,
    SortedSet<Integer> values) {
  /** Nothing. */
  public static final Reads NONE =
      new Reads(
          new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

  public Reads {
    states = copy(states);
    scores = copy(scores);
    queries = copy(queries);
    keys = copy(keys);
    values = copy(values);
  }

  /** One number. */
  static SortedSet<Integer> of(int number) {
    return new TreeSet<>(Set.of(number));
  }

  /** States alone. */
  static Reads ofStates(SortedSet<Integer> states) {
    return new Reads(states, NONE.scores, NONE.queries, NONE.keys, NONE.values);
  }

  /** Scores alone. */
  static Reads ofScores(SortedSet<Integer> layers) {
    return new Reads(NONE.states, layers, NONE.queries, NONE.keys, NONE.values);
  }

  /** What either reads. */
  public Reads and(Reads other) {
    return new Reads(
        union(states, other.states),
        union(scores, other.scores),
        union(queries, other.queries),
        union(keys, other.keys),
        union(values, other.values));
  }

  private static SortedSet<Integer> union(SortedSet<Integer> one, SortedSet<Integer> other) {
    SortedSet<Integer> all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }

  private static SortedSet<Integer> copy(SortedSet<Integer> numbers) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(numbers));
  }
}
