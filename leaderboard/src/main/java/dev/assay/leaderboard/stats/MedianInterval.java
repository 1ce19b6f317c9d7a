package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Distribution-free interval of a median: the order statistics x(k) and x(n + 1 − k), whose
 * coverage is 1 − 2·P(B ≤ k − 1) with B binomial(n, ½), for the largest k that covers enough
 * (Conover, <i>Practical Nonparametric Statistics</i>, 3rd ed., section 3.2).
 */
public final class MedianInterval {
  private MedianInterval() {}

  /**
   * @param samples independent samples of one distribution, whatever its shape
   * @param confidence wanted coverage, above 0 and below 1
   * @return the interval with the coverage that it truly has, at least the wanted one; empty where
   *     even the smallest and the largest sample do not cover enough (fewer than 8 samples at 99 %)
   * @throws IllegalArgumentException if a sample is not finite or the confidence is out of range
   */
  public static Optional<Interval> of(List<Double> samples, double confidence) {
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException("confidence " + confidence + " is not within (0, 1)");
    }
    double[] sorted = Summary.values(samples);
    Arrays.sort(sorted);
    int n = sorted.length;
    if (n == 0) {
      return Optional.empty();
    }
    BinomialDistribution below = BinomialDistribution.of(n, 0.5);
    int k = 0;
    while (2 * (k + 1) <= n && coverage(below, k + 1) >= confidence) {
      k++;
    }
    if (k == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Interval(
            sorted[k - 1],
            sorted[n - k],
            coverage(below, k),
            "order statistics " + k + " and " + (n + 1 - k) + " of " + n));
  }

  private static double coverage(BinomialDistribution below, int k) {
    return 1 - 2 * below.cumulativeProbability(k - 1);
  }
}
