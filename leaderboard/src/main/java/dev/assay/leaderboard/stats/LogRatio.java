package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Intervals of ratios that are made on the logarithm, from samples; see {@link Ratio}. */
final class LogRatio {
  /** How far a value may be from the mean of its samples and still be taken as that mean. */
  private static final double MEAN_TOLERANCE = 1e-6;

  private LogRatio() {}

  /**
   * Interval of the ratio of geometric means of samples that belong together pair by pair.
   *
   * @return empty unless both have as many samples, two or more, all above 0, and both values are
   *     the geometric means of their samples
   */
  static Optional<Interval> paired(Measurement a, Measurement b, double confidence) {
    int count = a.samples().size();
    if (count < 2 || count != b.samples().size() || !isGeometric(a) || !isGeometric(b)) {
      return Optional.empty();
    }
    List<Double> logs =
        IntStream.range(0, count)
            .mapToObj(i -> Math.log(a.samples().get(i) / b.samples().get(i)))
            .toList();
    return MeanInterval.of(logs, confidence)
        .filter(interval -> Math.exp(interval.low()) > 0)
        .flatMap(
            interval ->
                Interval.of(
                    Math.exp(interval.low()),
                    Math.exp(interval.high()),
                    confidence,
                    "Student t of " + count + " paired log ratios"));
  }

  /**
   * Interval of the ratio of two arithmetic means of independent samples.
   *
   * @return empty unless both have two samples or more and both values are their means, above 0
   */
  static Optional<Interval> ofMeans(Measurement a, Measurement b, double confidence) {
    if (!isMean(a) || !isMean(b)) {
      return Optional.empty();
    }
    Summary first = Summary.of(a.samples());
    Summary second = Summary.of(b.samples());
    return welch(
        Math.log(first.mean() / second.mean()),
        first.standardError() / first.mean(),
        first.count(),
        second.standardError() / second.mean(),
        second.count(),
        confidence,
        "delta method on the log ratio of means, Welch");
  }

  /**
   * Interval of the ratio of two geometric means of independent samples.
   *
   * @return empty unless both have two samples or more, all above 0, and both values are their
   *     geometric means
   */
  static Optional<Interval> ofGeometricMeans(Measurement a, Measurement b, double confidence) {
    if (a.samples().size() < 2 || b.samples().size() < 2 || !isGeometric(a) || !isGeometric(b)) {
      return Optional.empty();
    }
    Summary first = Summary.of(a.samples().stream().map(Math::log).toList());
    Summary second = Summary.of(b.samples().stream().map(Math::log).toList());
    return welch(
        first.mean() - second.mean(),
        first.standardError(),
        first.count(),
        second.standardError(),
        second.count(),
        confidence,
        "Student t of the difference of mean logarithms, Welch");
  }

  /** Welch's interval about a difference of logarithms, exponentiated. */
  private static Optional<Interval> welch(
      double centre,
      double firstError,
      int firstCount,
      double secondError,
      int secondCount,
      double confidence,
      String method) {
    double u = firstError * firstError;
    double v = secondError * secondError;
    // Without any scatter the degrees of freedom are undefined and the interval is a point.
    double margin = 0;
    if (u + v > 0) {
      double degrees = (u + v) * (u + v) / (u * u / (firstCount - 1) + v * v / (secondCount - 1));
      margin = MeanInterval.quantile(confidence, degrees) * Math.sqrt(u + v);
    }
    double low = Math.exp(centre - margin);
    double high = Math.exp(centre + margin);
    return low > 0 ? Interval.of(low, high, confidence, method) : Optional.empty();
  }

  private static boolean isMean(Measurement measurement) {
    return measurement.samples().size() > 1
        && isClose(measurement, Summary.of(measurement.samples()).mean());
  }

  private static boolean isGeometric(Measurement measurement) {
    return measurement.samples().stream().allMatch(sample -> sample > 0)
        && isClose(
            measurement,
            Math.exp(Summary.of(measurement.samples().stream().map(Math::log).toList()).mean()));
  }

  private static boolean isClose(Measurement measurement, double mean) {
    Double value = measurement.value();
    return value != null && mean > 0 && Math.abs(value / mean - 1) < MEAN_TOLERANCE;
  }
}
