package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Interval;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.TDistribution;

/** Student's interval of a mean: mean ± t(1 − α/2, n − 1) · s / √n, as JMH reports it. */
public final class MeanInterval {
  /** The confidence that JMH reports with. */
  public static final double JMH_CONFIDENCE = 0.999;

  private MeanInterval() {}

  /**
   * @param samples independent samples, roughly normal or many
   * @param confidence coverage, above 0 and below 1
   * @return the interval; empty for fewer than two samples, or where they scatter beyond what a
   *     figure can be
   * @throws IllegalArgumentException if a sample is not finite or the confidence is out of range
   */
  public static Optional<Interval> of(List<Double> samples, double confidence) {
    if (samples.size() < 2) {
      return Optional.empty();
    }
    Summary summary = Summary.of(samples);
    double margin = quantile(confidence, summary.count() - 1) * summary.standardError();
    return Interval.of(
        summary.mean() - margin,
        summary.mean() + margin,
        confidence,
        "Student t of the mean of " + summary.count() + " samples");
  }

  /** The two-sided quantile t(1 − α/2) with α = 1 − confidence. */
  static double quantile(double confidence, double degreesOfFreedom) {
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException("confidence " + confidence + " is not within (0, 1)");
    }
    return TDistribution.of(degreesOfFreedom).inverseSurvivalProbability((1 - confidence) / 2);
  }
}
