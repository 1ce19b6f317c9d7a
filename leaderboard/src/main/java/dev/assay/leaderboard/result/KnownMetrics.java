package dev.assay.leaderboard.result;

import static dev.assay.leaderboard.result.Direction.HIGHER_IS_BETTER;
import static dev.assay.leaderboard.result.Direction.LOWER_IS_BETTER;

import java.util.Map;
import java.util.Optional;

/** Units and directions of the metrics in {@link Metrics}. */
public final class KnownMetrics {
  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry(Metrics.PERPLEXITY, new Kind("1", LOWER_IS_BETTER)),
          Map.entry(Metrics.BITS_PER_BYTE, new Kind("bit/B", LOWER_IS_BETTER)),
          Map.entry(Metrics.SIZE_ON_DISK, new Kind("B", LOWER_IS_BETTER)),
          Map.entry(Metrics.SIZE_IN_MEMORY, new Kind("B", LOWER_IS_BETTER)),
          Map.entry(Metrics.COMPRESSION_RATIO, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.BITS_PER_WEIGHT, new Kind("bit", LOWER_IS_BETTER)),
          Map.entry(Metrics.MEAN_LAYERS_PER_TOKEN, new Kind("layer/token", LOWER_IS_BETTER)),
          Map.entry(Metrics.CACHE_BYTES_PER_TOKEN, new Kind("B/token", LOWER_IS_BETTER)),
          Map.entry(Metrics.CACHE_PEAK_IN_PREFILL, new Kind("B", LOWER_IS_BETTER)),
          Map.entry(Metrics.LONGEST_CONTEXT, new Kind("token", HIGHER_IS_BETTER)),
          Map.entry(Metrics.NOMINAL_BITS_PER_WEIGHT, new Kind("bit", LOWER_IS_BETTER)),
          Map.entry(Metrics.PARAMETERS, new Kind("1", LOWER_IS_BETTER)),
          Map.entry(Metrics.REMOVED_FROM_MODEL, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.REMOVED_FROM_LINEARS, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.ZEROS_IN_LINEARS, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.REMOVED_BYTES, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.REMOVED_FLOPS, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.FLOPS_PER_TOKEN_PREFILL, new Kind("FLOP/token", LOWER_IS_BETTER)),
          Map.entry(Metrics.FLOPS_PER_TOKEN_DECODE, new Kind("FLOP/token", LOWER_IS_BETTER)),
          Map.entry(Metrics.TIME_TO_FIRST_TOKEN, new Kind("s", LOWER_IS_BETTER)),
          Map.entry(Metrics.TIME_PER_OUTPUT_TOKEN, new Kind("s", LOWER_IS_BETTER)),
          Map.entry(Metrics.PREFILL_THROUGHPUT, new Kind("token/s", HIGHER_IS_BETTER)),
          Map.entry(Metrics.DECODE_THROUGHPUT, new Kind("token/s", HIGHER_IS_BETTER)),
          Map.entry(Metrics.MODEL_FLOPS_UTILIZATION, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.MODEL_BANDWIDTH_UTILIZATION, new Kind("1", HIGHER_IS_BETTER)),
          Map.entry(Metrics.PEAK_RESIDENT_MEMORY, new Kind("B", LOWER_IS_BETTER)),
          Map.entry(Metrics.ENERGY_PER_TOKEN, new Kind("J/token", LOWER_IS_BETTER)),
          Map.entry(Metrics.COMPRESSION_TIME, new Kind("s", LOWER_IS_BETTER)),
          Map.entry(Metrics.TRAINING_FLOPS, new Kind("FLOP", LOWER_IS_BETTER)),
          Map.entry(Metrics.TRAINING_TOKENS, new Kind("token", LOWER_IS_BETTER)),
          Map.entry(Metrics.TRAINING_TIME, new Kind("s", LOWER_IS_BETTER)),
          Map.entry(Metrics.TRAINING_ENERGY, new Kind("J", LOWER_IS_BETTER)));

  private KnownMetrics() {}

  /**
   * What all figures of a metric have in common.
   *
   * @param unit unit
   * @param direction which way is better
   */
  public record Kind(String unit, Direction direction) {
    /** That of a measurement. */
    public static Kind of(Measurement measurement) {
      return new Kind(measurement.unit(), measurement.direction());
    }
  }

  /** The kind of a metric, by its name; empty for one that {@link Metrics} does not have. */
  public static Optional<Kind> of(String metric) {
    return Optional.ofNullable(KINDS.get(metric));
  }
}
