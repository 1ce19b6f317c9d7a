package dev.assay.harness.measure.latency;

import dev.assay.leaderboard.result.Measurement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What timing a cell gave.
 *
 * @param measurements time to first token, prefill throughput, time per output token, decode
 *     throughput
 * @param cpuPressure the higher of both phases' shares of time in which some task waited for a CPU;
 *     null where the kernel does not tell
 * @param warnings disturbances, in words
 */
public record LatencyOutcome(
    List<Measurement> measurements, @Nullable Double cpuPressure, List<String> warnings) {
  public LatencyOutcome {
    measurements = List.copyOf(measurements);
    warnings = List.copyOf(warnings);
  }

  /** The measurement of a metric. */
  public Measurement of(String metric) {
    return measurements.stream()
        .filter(each -> each.metric().equals(metric))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(metric + " is no latency metric"));
  }
}
