package dev.assay.engine.lowrank;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Which share of its parameters each weight keeps: pairs of a weight and a share stand by falling
 * perplexity, a place in that row is sought by halving, and each weight takes the least share that
 * it has from the place on, or stays whole.
 *
 * @param place the last that was tried, whose shares are taken, as in the published code
 * @param shares for each weight; 1 where it stays whole
 * @see <a
 *     href="https://github.com/hahnyuan/ASVD4LLM/blob/8630427/binary_search.py">binary_search_truncation_rank</a>
 */
record RankChoice(int place, List<Double> shares) {
  /** A weight at a share. */
  private record Pair(int weight, double share, double perplexity) {}

  /**
   * Chooses.
   *
   * @param tried the weights, in the order in which those stand that cost the same
   * @param candidates shares that were tried
   * @param keep share of all their parameters that is to be kept
   */
  static RankChoice of(List<TriedWeight> tried, List<Double> candidates, double keep) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < tried.size(); i++) {
      for (int k = 0; k < candidates.size(); k++) {
        pairs.add(new Pair(i, candidates.get(k), tried.get(i).perplexities().get(k)));
      }
    }
    pairs.sort(Comparator.comparingDouble(Pair::perplexity).reversed());
    int low = 0;
    int high = pairs.size() - 1;
    int middle = 0;
    List<Double> shares = Collections.nCopies(tried.size(), 1.0);
    while (low < high) {
      middle = (low + high) / 2;
      shares = least(tried.size(), pairs.subList(middle, pairs.size()));
      if (kept(tried, shares) > keep) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return new RankChoice(middle, shares);
  }

  private static List<Double> least(int weights, List<Pair> pairs) {
    List<Double> shares = new ArrayList<>(Collections.nCopies(weights, 1.0));
    for (Pair pair : pairs) {
      shares.set(pair.weight(), Math.min(shares.get(pair.weight()), pair.share()));
    }
    return shares;
  }

  private static double kept(List<TriedWeight> tried, List<Double> shares) {
    double kept = 0;
    double all = 0;
    for (int i = 0; i < tried.size(); i++) {
      kept += tried.get(i).parameters() * shares.get(i);
      all += tried.get(i).parameters();
    }
    return kept / all;
  }
}
