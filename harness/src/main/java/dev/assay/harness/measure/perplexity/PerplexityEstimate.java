package dev.assay.harness.measure.perplexity;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.stats.MeanInterval;
import dev.assay.leaderboard.stats.Summary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A perplexity with what the spread of its windows says of its certainty.
 *
 * @param value exponential of the mean of the window means
 * @param standardError by the delta method, value · s / √n; null for one window
 * @param interval the exponentials of the ends of Student's interval of the mean; null for one
 *     window, or where they scatter beyond what a figure can be
 */
record PerplexityEstimate(
    double value, @Nullable Double standardError, @Nullable Interval interval) {
  static final double CONFIDENCE = 0.99;

  /**
   * @param windowMeans mean −log p of each window
   */
  static PerplexityEstimate of(List<Double> windowMeans) {
    Summary summary = Summary.of(windowMeans);
    double value = Math.exp(summary.mean());
    if (windowMeans.size() < 2) {
      return new PerplexityEstimate(value, null, null);
    }
    Interval interval =
        MeanInterval.of(windowMeans, CONFIDENCE)
            .flatMap(
                mean ->
                    Interval.of(
                        Math.exp(mean.low()),
                        Math.exp(mean.high()),
                        CONFIDENCE,
                        "exponential of: " + mean.method()))
            .orElse(null);
    return new PerplexityEstimate(value, value * summary.standardError(), interval);
  }
}
