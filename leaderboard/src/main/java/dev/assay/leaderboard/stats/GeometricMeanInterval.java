package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Interval;
import java.util.List;
import java.util.Optional;

/**
 * Student's interval of the mean logarithm, exponentiated: an interval of the geometric mean whose
 * ends are above 0 however the samples scatter, as those of times and rates have to be.
 */
public final class GeometricMeanInterval {
  private GeometricMeanInterval() {}

  /**
   * @param samples independent samples above 0, their logarithms roughly normal or many
   * @param confidence coverage, above 0 and below 1
   * @return the interval; empty for fewer than two samples, or where they scatter beyond what a
   *     figure can be
   * @throws IllegalArgumentException if a sample is not finite or not above 0, or the confidence is
   *     out of range
   */
  public static Optional<Interval> of(List<Double> samples, double confidence) {
    return MeanInterval.of(logarithms(samples), confidence)
        .filter(logs -> Math.exp(logs.low()) > 0)
        .flatMap(
            logs ->
                Interval.of(
                    Math.exp(logs.low()),
                    Math.exp(logs.high()),
                    confidence,
                    "Student t of the mean logarithm of " + samples.size() + " samples"));
  }

  /**
   * The geometric mean.
   *
   * @throws IllegalArgumentException if there is no sample, or one is not finite or not above 0
   */
  public static double centre(List<Double> samples) {
    return Math.exp(Summary.of(logarithms(samples)).mean());
  }

  private static List<Double> logarithms(List<Double> samples) {
    return samples.stream()
        .map(
            sample -> {
              if (!(sample > 0)) {
                throw new IllegalArgumentException("sample " + sample + " is not above 0");
              }
              return Math.log(sample);
            })
        .toList();
  }
}
