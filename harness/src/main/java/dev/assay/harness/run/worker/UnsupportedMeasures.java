package dev.assay.harness.run.worker;

import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.suite.Measures;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What was wanted of a cell and cannot be taken or failed, as unsupported with the reason. */
public final class UnsupportedMeasures {
  private UnsupportedMeasures() {}

  /** The perplexities of a model that has none. */
  static List<Measurement> quality(List<PerplexityMeasure> measures, String reason) {
    return measures.stream().map(measure -> perplexity(measure, reason)).toList();
  }

  private static Measurement perplexity(PerplexityMeasure measure, String reason) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("dataset", measure.dataset());
    settings.put("split", measure.split());
    settings.put("window", Integer.toString(measure.window()));
    if (measure.maxWindows() != null) {
      settings.put("maxWindows", Integer.toString(measure.maxWindows()));
    }
    if (measure.maxTokens() != null) {
      settings.put("maxTokens", Integer.toString(measure.maxTokens()));
    }
    settings.put("bos", TokenSequence.label(measure.bos()));
    settings.put("arithmetic", measure.arithmetic().name().toLowerCase(Locale.ROOT));
    return Measurement.unsupported(
        Metrics.PERPLEXITY, Protocol.of(settings), "1", Direction.LOWER_IS_BETTER, reason);
  }

  /** All that is wanted of a generation, where there is none. */
  public static List<Measurement> generation(Measures measures, String reason) {
    List<Measurement> measurements = new ArrayList<>();
    if (measures.latency() != null) {
      measurements.addAll(latency(reason));
    }
    if (measures.flops()) {
      measurements.add(lower(Metrics.FLOPS_PER_TOKEN_PREFILL, "FLOP/token", reason));
      measurements.add(lower(Metrics.FLOPS_PER_TOKEN_DECODE, "FLOP/token", reason));
      measurements.add(
          Measurement.unsupported(
              Metrics.REMOVED_FLOPS, Protocol.NONE, "1", Direction.HIGHER_IS_BETTER, reason));
    }
    if (measures.size()) {
      measurements.add(lower(Metrics.CACHE_BYTES_PER_TOKEN, "B/token", reason));
      measurements.add(lower(Metrics.CACHE_PEAK_IN_PREFILL, "B", reason));
      measurements.add(
          Measurement.unsupported(
              Metrics.LONGEST_CONTEXT, Protocol.NONE, "token", Direction.HIGHER_IS_BETTER, reason));
    }
    if (measures.memory()) {
      measurements.add(memory(reason));
    }
    if (measures.energy()) {
      measurements.add(energy(reason));
    }
    return measurements;
  }

  public static List<Measurement> latency(String reason) {
    return List.of(
        lower(Metrics.TIME_TO_FIRST_TOKEN, "s", reason),
        lower(Metrics.TIME_PER_OUTPUT_TOKEN, "s", reason),
        higher(Metrics.PREFILL_THROUGHPUT, reason),
        higher(Metrics.DECODE_THROUGHPUT, reason));
  }

  public static Measurement memory(String reason) {
    return lower(Metrics.PEAK_RESIDENT_MEMORY, "B", reason);
  }

  public static Measurement energy(String reason) {
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
