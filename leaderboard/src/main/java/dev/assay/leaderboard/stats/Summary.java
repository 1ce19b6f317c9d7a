package dev.assay.leaderboard.stats;

import java.util.EnumSet;
import java.util.List;
import org.apache.commons.statistics.descriptive.DoubleStatistics;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.descriptive.Statistic;

/**
 * What a list of samples comes to, in the samples' unit.
 *
 * @param count number of samples, at least 1
 * @param mean arithmetic mean
 * @param median middle value, or the mean of the two middle ones
 * @param standardDeviation square root of the unbiased variance; 0 for one sample
 * @param min smallest
 * @param max largest
 */
public record Summary(
    int count, double mean, double median, double standardDeviation, double min, double max) {

  /**
   * @throws IllegalArgumentException if there is no sample or one is not finite
   */
  public static Summary of(List<Double> samples) {
    double[] values = values(samples);
    if (values.length == 0) {
      throw new IllegalArgumentException("no samples to summarise");
    }
    DoubleStatistics statistics =
        DoubleStatistics.of(
            EnumSet.of(Statistic.MEAN, Statistic.STANDARD_DEVIATION, Statistic.MIN, Statistic.MAX),
            values);
    return new Summary(
        values.length,
        statistics.getAsDouble(Statistic.MEAN),
        Median.withDefaults().evaluate(values),
        statistics.getAsDouble(Statistic.STANDARD_DEVIATION),
        statistics.getAsDouble(Statistic.MIN),
        statistics.getAsDouble(Statistic.MAX));
  }

  /** Standard error of the mean; not a number for a single sample, which tells nothing of it. */
  public double standardError() {
    return count > 1 ? standardDeviation / Math.sqrt(count) : Double.NaN;
  }

  static double[] values(List<Double> samples) {
    double[] values = samples.stream().mapToDouble(Double::doubleValue).toArray();
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("sample " + value + " is not finite");
      }
    }
    return values;
  }
}
