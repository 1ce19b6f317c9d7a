package dev.assay.harness.run;

import dev.assay.harness.suite.Measures;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import java.util.ArrayList;
import java.util.List;

/** What is measured of a generation, where there is none or it failed. */
final class NoGeneration {
  private NoGeneration() {}

  /** All that is wanted, as unsupported. */
  static List<Measurement> of(Measures measures, String reason) {
    List<Measurement> measurements = new ArrayList<>();
    if (measures.latency() != null) {
      measurements.addAll(latency(reason));
    }
    if (measures.flops()) {
      measurements.add(lower(Metrics.FLOPS_PER_TOKEN_PREFILL, "FLOP/token", reason));
      measurements.add(lower(Metrics.FLOPS_PER_TOKEN_DECODE, "FLOP/token", reason));
    }
    if (measures.memory()) {
      measurements.add(memory(reason));
    }
    if (measures.energy()) {
      measurements.add(energy(reason));
    }
    return measurements;
  }

  static List<Measurement> latency(String reason) {
    return List.of(
        lower(Metrics.TIME_TO_FIRST_TOKEN, "s", reason),
        lower(Metrics.TIME_PER_OUTPUT_TOKEN, "s", reason),
        higher(Metrics.PREFILL_THROUGHPUT, reason),
        higher(Metrics.DECODE_THROUGHPUT, reason));
  }

  static Measurement memory(String reason) {
    return lower(Metrics.PEAK_RESIDENT_MEMORY, "B", reason);
  }

  static Measurement energy(String reason) {
    return lower(Metrics.ENERGY_PER_TOKEN, "J/token", reason);
  }

  private static Measurement lower(String metric, String unit, String reason) {
    return Measurement.unsupported(metric, Protocol.NONE, unit, Direction.LOWER_IS_BETTER, reason);
  }

  private static Measurement higher(String metric, String reason) {
    return Measurement.unsupported(
        metric, Protocol.NONE, "token/s", Direction.HIGHER_IS_BETTER, reason);
  }
}
