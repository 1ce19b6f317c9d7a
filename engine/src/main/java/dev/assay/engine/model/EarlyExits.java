package dev.assay.engine.model;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where tokens leave a stack before its last layer, once what the head would say of them there is
 * sure enough.
 *
 * @param measure of how sure it is
 * @param threshold from which on a token leaves; with entropy up to which
 * @param exits where, one behind the other
 * @param curve what other thresholds give, as was measured; may be empty
 */
public record EarlyExits(
    Confidence measure, double threshold, List<Exit> exits, List<Point> curve) {
  /**
   * A place where tokens leave.
   *
   * @param after layers that are behind it
   * @param leaving share of all tokens that leave there, as was measured
   */
  public record Exit(int after, double leaving) {
    public Exit {
      StackSpec.positive("after", after);
      if (!(leaving >= 0 && leaving <= 1)) {
        throw new IllegalArgumentException("leaving: found " + leaving + ", expected 0 to 1");
      }
    }
  }

  /**
   * What a threshold gives.
   *
   * @param threshold the threshold
   * @param perplexity of tokens that read the keys and values of the whole model
   * @param meanLayers that a token goes through
   * @param flops of a token, but for what it attends to
   */
  public record Point(double threshold, double perplexity, double meanLayers, double flops) {}

  /** How sure a head is of the next token. */
  public enum Confidence {
    /** The probability of the most likely one. */
    SOFTMAX,
    /** How far it is ahead of the next one's. */
    MARGIN,
    /** The entropy of all, in nats: low where it is sure. */
    ENTROPY;

    /** Whether a token leaves whose score is this. */
    public boolean leaves(double score, double threshold) {
      return this == ENTROPY ? score <= threshold : score >= threshold;
    }
  }

  public EarlyExits {
    exits = List.copyOf(exits);
    curve = List.copyOf(curve);
    if (!Double.isFinite(threshold)) {
      throw new IllegalArgumentException("threshold: found " + threshold + ", expected a number");
    }
    List<Integer> after = exits.stream().map(Exit::after).toList();
    if (after.isEmpty() || !after.equals(after.stream().distinct().sorted().toList())) {
      throw new IllegalArgumentException(
          "after: found " + after + ", expected at least one layer, rising");
    }
    if (exits.stream().mapToDouble(Exit::leaving).sum() > 1 + 1e-9) {
      throw new IllegalArgumentException("leaving: found more than all tokens that leave");
    }
  }

  /** The share of tokens that go through a layer, from 0. */
  public double reach(int layer) {
    return 1
        - exits.stream().filter(exit -> exit.after() <= layer).mapToDouble(Exit::leaving).sum();
  }

  /** Layers that a token goes through on average. */
  public double meanLayers(int depth) {
    return IntStream.range(0, depth).mapToDouble(this::reach).sum();
  }

  /**
   * How many times the head runs for a token on average: at each exit that it comes to, or last.
   */
  public double meanHeads(int depth) {
    double heads = exits.stream().mapToDouble(exit -> reach(exit.after() - 1)).sum();
    return heads + reach(depth - 1);
  }
}
