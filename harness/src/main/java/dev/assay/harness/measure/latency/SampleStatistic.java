package dev.assay.harness.measure.latency;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.stats.MeanInterval;
import dev.assay.leaderboard.stats.MedianInterval;
import dev.assay.leaderboard.stats.Summary;
import java.util.List;
import java.util.Optional;

/** What stands for the samples: the median, or the mean where they are too few for its interval. */
enum SampleStatistic {
  MEDIAN("median, distribution-free 99 % interval of order statistics") {
    @Override
    double value(Summary summary) {
      return summary.median();
    }

    @Override
    Optional<Interval> interval(List<Double> samples) {
      return MedianInterval.of(samples, CONFIDENCE);
    }
  },
  MEAN("mean, Student's 99 % interval") {
    @Override
    double value(Summary summary) {
      return summary.mean();
    }

    @Override
    Optional<Interval> interval(List<Double> samples) {
      return MeanInterval.of(samples, CONFIDENCE);
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
    return samples < ENOUGH_FOR_MEDIAN ? MEAN : MEDIAN;
  }

  /** The name in protocols. */
  String label() {
    return label;
  }

  abstract double value(Summary summary);

  abstract Optional<Interval> interval(List<Double> samples);
}
