package dev.assay.harness.measure.latency;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.stats.GeometricMeanInterval;
import dev.assay.leaderboard.stats.MedianInterval;
import dev.assay.leaderboard.stats.Summary;
import java.util.List;
import java.util.Optional;

/**
 * What stands for the samples: the median, or the geometric mean where they are too few for its
 * interval. Neither interval can reach 0.
 */
enum SampleStatistic {
  MEDIAN("median, distribution-free 99 % interval of order statistics") {
    @Override
    double value(List<Double> samples) {
      return Summary.of(samples).median();
    }

    @Override
    Optional<Interval> interval(List<Double> samples) {
      return MedianInterval.of(samples, CONFIDENCE);
    }
  },
  GEOMETRIC_MEAN("geometric mean, Student's 99 % interval of the logarithms") {
    @Override
    double value(List<Double> samples) {
      return GeometricMeanInterval.centre(samples);
    }

    @Override
    Optional<Interval> interval(List<Double> samples) {
      return GeometricMeanInterval.of(samples, CONFIDENCE);
    }
  };

  private static final double CONFIDENCE = 0.99;

  /** The smallest number whose extremes cover the median at 99 %: 1 − 2 · 2^−8. */
  private static final int ENOUGH_FOR_MEDIAN = 8;

  private final String label;

  SampleStatistic(String label) {
    this.label = label;
  }

  /** The one for a number of samples, which the settings fix before any is taken. */
  static SampleStatistic forCount(int samples) {
    return samples < ENOUGH_FOR_MEDIAN ? GEOMETRIC_MEAN : MEDIAN;
  }

  /** The name in protocols. */
  String label() {
    return label;
  }

  abstract double value(List<Double> samples);

  abstract Optional<Interval> interval(List<Double> samples);
}
