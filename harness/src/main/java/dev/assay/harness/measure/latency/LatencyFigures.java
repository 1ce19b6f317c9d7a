package dev.assay.harness.measure.latency;

import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * From seconds to the field's metrics. Every sample is converted on its own; times and throughputs
 * are not derived from each other's averages.
 *
 * @param length tokens read and written
 * @param measure batch and numbers of samples
 * @param common settings that all metrics share
 * @param provenance that of the times
 * @param note of the times; may be absent
 */
record LatencyFigures(
    GenerationLength length,
    LatencyMeasure measure,
    Map<String, String> common,
    Provenance provenance,
    @Nullable String note) {

  /** Time to first token and prefill throughput. */
  List<Measurement> ofPrefill(List<Double> seconds) {
    double tokens = (double) measure.batch() * length.prompt();
    return List.of(
        figure(
            Metrics.TIME_TO_FIRST_TOKEN,
            "prefill and first greedy choice",
            "s",
            Direction.LOWER_IS_BETTER,
            seconds,
            time -> time),
        figure(
            Metrics.PREFILL_THROUGHPUT,
            "batch · promptLength / timeToFirstToken",
            "token/s",
            Direction.HIGHER_IS_BETTER,
            seconds,
            time -> tokens / time));
  }

  /** Time per output token and decode throughput. */
  List<Measurement> ofDecode(List<Double> seconds) {
    int steps = length.steps();
    return List.of(
        figure(
            Metrics.TIME_PER_OUTPUT_TOKEN,
            "decode time / (decodeLength − 1)",
            "s",
            Direction.LOWER_IS_BETTER,
            seconds,
            time -> time / steps),
        figure(
            Metrics.DECODE_THROUGHPUT,
            "batch · (decodeLength − 1) / decode time",
            "token/s",
            Direction.HIGHER_IS_BETTER,
            seconds,
            time -> (double) measure.batch() * steps / time));
  }

  private Measurement figure(
      String metric,
      String formula,
      String unit,
      Direction direction,
      List<Double> seconds,
      DoubleUnaryOperator convert) {
    List<Double> samples = seconds.stream().map(convert::applyAsDouble).toList();
    SampleStatistic statistic = SampleStatistic.forCount(measure.forks() * measure.iterations());
    Map<String, String> settings = new TreeMap<>(common);
    settings.put("formula", formula);
    settings.put("statistic", statistic.label());
    return new Measurement(
        metric,
        Protocol.of(settings),
        provenance,
        statistic.value(samples),
        unit,
        direction,
        null,
        statistic.interval(samples).orElse(null),
        samples,
        note);
  }
}
