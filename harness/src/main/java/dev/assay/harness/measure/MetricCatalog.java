package dev.assay.harness.measure;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.KnownMetrics;
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
        measured(Metrics.PERPLEXITY, "exp of the mean loss over disjoint windows"),
        measured(
            Metrics.BITS_PER_BYTE,
            "bits that a text's tokens cost over its bytes, whatever the tokenizer"),
        computed(Metrics.SIZE_ON_DISK, "bytes of the weight files"),
        computed(Metrics.SIZE_IN_MEMORY, "bytes of the weights as they run"),
        computed(Metrics.COMPRESSION_RATIO, "size on disk of the model over that of the artifact"),
        computed(
            Metrics.BITS_PER_WEIGHT,
            "stored bits of the decoder's linears, scales and all, a weight"),
        measured(
            Metrics.MEAN_LAYERS_PER_TOKEN,
            "layers that a decoded token goes through, where it may leave before the last"),
        measured(
            Metrics.CACHE_BYTES_PER_TOKEN, "bytes of the keys and values of a prompt, a token"),
        measured(
            Metrics.CACHE_PEAK_IN_PREFILL,
            "bytes of a prompt's keys and values while it is read, those widened among them"),
        computed(Metrics.LONGEST_CONTEXT, "tokens that fit into the target's memory"),
        computed(
            Metrics.NOMINAL_BITS_PER_WEIGHT,
            "bits of the codes of the decoder's linears alone, a weight"),
        computed(Metrics.PARAMETERS, "numbers that the artifact is made of, zeros among them"),
        computed(
            Metrics.REMOVED_FROM_MODEL,
            "share of the uncompressed model's parameters that is gone"),
        computed(
            Metrics.REMOVED_FROM_LINEARS,
            "share of the parameters that is gone of the linears that stages worked on"),
        computed(
            Metrics.ZEROS_IN_LINEARS, "share of the linears' stored numbers that is exactly 0"),
        computed(Metrics.REMOVED_BYTES, "share of the model's bytes on disk that is gone"),
        computed(Metrics.REMOVED_FLOPS, "share of a generated token's arithmetic that is gone"),
        computed(Metrics.FLOPS_PER_TOKEN_PREFILL, "arithmetic of a prompt token, averaged"),
        computed(Metrics.FLOPS_PER_TOKEN_DECODE, "arithmetic of a generated token"),
        measured(Metrics.TIME_TO_FIRST_TOKEN, "prefill and first greedy choice"),
        measured(Metrics.TIME_PER_OUTPUT_TOKEN, "decode time a further token"),
        measured(Metrics.PREFILL_THROUGHPUT, "prompt tokens a second"),
        measured(Metrics.DECODE_THROUGHPUT, "generated tokens a second"),
        computed(Metrics.MODEL_FLOPS_UTILIZATION, "useful FLOP/s over a ceiling of arithmetic"),
        computed(
            Metrics.MODEL_BANDWIDTH_UTILIZATION,
            "bytes that decoding must move a second over a ceiling of bandwidth"),
        measured(Metrics.PEAK_RESIDENT_MEMORY, "high-water mark of a process that generates once"),
        measured(Metrics.ENERGY_PER_TOKEN, "of the whole machine, where it has a counter"),
        measured(Metrics.COMPRESSION_TIME, "wall time of the compression"),
        computed(
            Metrics.TRAINING_FLOPS, "arithmetic of all training of a recipe, teachers' with it"),
        computed(Metrics.TRAINING_TOKENS, "tokens that all training of a recipe learned from"),
        measured(Metrics.TRAINING_TIME, "wall time of the steps of all training of a recipe"),
        measured(Metrics.TRAINING_ENERGY, "energy of all stages of a recipe that train"));
  }

  private static Entry measured(String name, String meaning) {
    return entry(name, "measured", meaning);
  }

  private static Entry computed(String name, String meaning) {
    return entry(name, "computed", meaning);
  }

  private static Entry entry(String name, String how, String meaning) {
    KnownMetrics.Kind kind = KnownMetrics.of(name).orElseThrow();
    return new Entry(name, kind.unit(), kind.direction(), how, meaning);
  }
}
