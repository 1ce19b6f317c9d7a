package dev.assay.harness.run;

import dev.assay.harness.suite.Measures;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import java.util.ArrayList;
import java.util.List;

/** What is measured of a generation, for a model that generates nothing. */
final class NoGeneration {
  private NoGeneration() {}

  /** All that is wanted, as unsupported. */
  static List<Measurement> of(Measures measures, String family) {
    String reason = family + " does not continue text; only such models are timed";
    List<Measurement> measurements = new ArrayList<>();
    if (measures.latency() != null) {
      measurements.add(lower(Metrics.TIME_TO_FIRST_TOKEN, "s", reason));
      measurements.add(lower(Metrics.TIME_PER_OUTPUT_TOKEN, "s", reason));
      measurements.add(higher(Metrics.PREFILL_THROUGHPUT, reason));
      measurements.add(higher(Metrics.DECODE_THROUGHPUT, reason));
    }
    if (measures.flops()) {
      measurements.add(lower(Metrics.FLOPS_PER_TOKEN_PREFILL, "FLOP/token", reason));
      measurements.add(lower(Metrics.FLOPS_PER_TOKEN_DECODE, "FLOP/token", reason));
    }
    if (measures.memory()) {
      measurements.add(lower(Metrics.PEAK_RESIDENT_MEMORY, "B", reason));
    }
    if (measures.energy()) {
      measurements.add(lower(Metrics.ENERGY_PER_TOKEN, "J/token", reason));
    }
    return measurements;
  }

  private static Measurement lower(String metric, String unit, String reason) {
    return Measurement.unsupported(metric, Protocol.NONE, unit, Direction.LOWER_IS_BETTER, reason);
  }

  private static Measurement higher(String metric, String reason) {
    return Measurement.unsupported(
        metric, Protocol.NONE, "token/s", Direction.HIGHER_IS_BETTER, reason);
  }
}
