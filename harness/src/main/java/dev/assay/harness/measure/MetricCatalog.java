package dev.assay.harness.measure;

import static dev.assay.leaderboard.result.Direction.HIGHER_IS_BETTER;
import static dev.assay.leaderboard.result.Direction.LOWER_IS_BETTER;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Metrics;
import java.util.List;

/** The metrics that Assay takes, for people. */
public final class MetricCatalog {
  private MetricCatalog() {}

  /**
   * A metric.
   *
   * @param name name in results
   * @param unit unit of its figures
   * @param direction which way is better
   * @param how measured or computed, where that can be done
   * @param meaning one line
   */
  public record Entry(String name, String unit, Direction direction, String how, String meaning) {}

  /** All of them, as a cell takes them. */
  public static List<Entry> entries() {
    return List.of(
        measured(
            Metrics.PERPLEXITY, "1", LOWER_IS_BETTER, "exp of the mean loss over disjoint windows"),
        computed(Metrics.SIZE_ON_DISK, "B", LOWER_IS_BETTER, "bytes of the weight files"),
        computed(Metrics.SIZE_IN_MEMORY, "B", LOWER_IS_BETTER, "bytes of the weights as they run"),
        computed(
            Metrics.COMPRESSION_RATIO,
            "1",
            HIGHER_IS_BETTER,
            "size on disk of the model over that of the artifact"),
        computed(
            Metrics.BITS_PER_WEIGHT,
            "bit",
            LOWER_IS_BETTER,
            "stored bits of the decoder's linears, scales and all, a weight"),
        computed(
            Metrics.FLOPS_PER_TOKEN_PREFILL,
            "FLOP/token",
            LOWER_IS_BETTER,
            "arithmetic of a prompt token, averaged"),
        computed(
            Metrics.FLOPS_PER_TOKEN_DECODE,
            "FLOP/token",
            LOWER_IS_BETTER,
            "arithmetic of a generated token"),
        measured(
            Metrics.TIME_TO_FIRST_TOKEN, "s", LOWER_IS_BETTER, "prefill and first greedy choice"),
        measured(
            Metrics.TIME_PER_OUTPUT_TOKEN, "s", LOWER_IS_BETTER, "decode time a further token"),
        measured(Metrics.PREFILL_THROUGHPUT, "token/s", HIGHER_IS_BETTER, "prompt tokens a second"),
        measured(
            Metrics.DECODE_THROUGHPUT, "token/s", HIGHER_IS_BETTER, "generated tokens a second"),
        computed(
            Metrics.MODEL_FLOPS_UTILIZATION,
            "1",
            HIGHER_IS_BETTER,
            "useful FLOP/s over a ceiling of arithmetic"),
        computed(
            Metrics.MODEL_BANDWIDTH_UTILIZATION,
            "1",
            HIGHER_IS_BETTER,
            "bytes that decoding must move a second over a ceiling of bandwidth"),
        measured(
            Metrics.PEAK_RESIDENT_MEMORY,
            "B",
            LOWER_IS_BETTER,
            "high-water mark of a process that generates once"),
        measured(
            Metrics.ENERGY_PER_TOKEN,
            "J/token",
            LOWER_IS_BETTER,
            "of the whole machine, where it has a counter"),
        measured(Metrics.COMPRESSION_TIME, "s", LOWER_IS_BETTER, "wall time of the compression"));
  }

  private static Entry measured(String name, String unit, Direction direction, String meaning) {
    return new Entry(name, unit, direction, "measured", meaning);
  }

  private static Entry computed(String name, String unit, Direction direction, String meaning) {
    return new Entry(name, unit, direction, "computed", meaning);
  }
}
