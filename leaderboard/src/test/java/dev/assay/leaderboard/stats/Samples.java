package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import java.util.List;
import org.assertj.core.data.Offset;

/** Figures that several tests use. */
final class Samples {
  static final List<Double> A = List.of(12.1, 11.8, 12.4, 12.0, 11.9, 12.3, 12.2, 11.7, 12.6, 12.0);

  static final List<Double> B = List.of(9.1, 9.6, 8.8, 9.4, 9.0, 9.3, 9.9, 8.9);

  static final Offset<Double> CLOSE = Offset.offset(1e-10);

  private Samples() {}

  static Measurement time(double value, double low, double high) {
    return ResultBuilder.measured(
        "timePerOutputToken", value, new Interval(low, high, 0.999, "given"));
  }

  static Measurement time(List<Double> samples) {
    double mean = samples.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    return ResultBuilder.measured("timePerOutputToken", mean, null, samples.toArray(Double[]::new));
  }

  static Measurement size(double bytes) {
    return Measurement.computed("sizeOnDisk", bytes, "B", Direction.LOWER_IS_BETTER, "sum");
  }

  static Measurement perplexity(double value, Double... windows) {
    return figure("perplexity", "1", Direction.LOWER_IS_BETTER, value, windows);
  }

  static Measurement throughput(double value, Double... samples) {
    return figure("decodeThroughput", "token/s", Direction.HIGHER_IS_BETTER, value, samples);
  }

  private static Measurement figure(
      String metric, String unit, Direction direction, double value, Double... samples) {
    return new Measurement(
        metric,
        ResultBuilder.window("1024"),
        Provenance.MEASURED,
        value,
        unit,
        direction,
        null,
        null,
        List.of(samples),
        null);
  }
}
