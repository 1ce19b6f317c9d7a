package dev.assay.leaderboard.site.format;

import dev.assay.leaderboard.result.Metrics;
import java.util.Locale;
import java.util.Map;

/** What pages call a metric. */
public final class MetricName {
  private static final Map<String, String> LABELS =
      Map.ofEntries(
          Map.entry(Metrics.PERPLEXITY, "Perplexity"),
          Map.entry(Metrics.BITS_PER_BYTE, "Bits per byte"),
          Map.entry(Metrics.SIZE_ON_DISK, "Size on disk"),
          Map.entry(Metrics.SIZE_IN_MEMORY, "Size in memory"),
          Map.entry(Metrics.COMPRESSION_RATIO, "Compression ratio"),
          Map.entry(Metrics.BITS_PER_WEIGHT, "Bits per weight"),
          Map.entry(Metrics.MEAN_LAYERS_PER_TOKEN, "Layers per token"),
          Map.entry(Metrics.CACHE_BYTES_PER_TOKEN, "Keys and values per token"),
          Map.entry(Metrics.CACHE_PEAK_IN_PREFILL, "Peak of keys and values in prefill"),
          Map.entry(Metrics.LONGEST_CONTEXT, "Longest context"),
          Map.entry(Metrics.PARAMETERS, "Parameters"),
          Map.entry(Metrics.REMOVED_FROM_MODEL, "Removed parameters of the model"),
          Map.entry(Metrics.REMOVED_FROM_LINEARS, "Removed parameters of the compressed linears"),
          Map.entry(Metrics.ZEROS_IN_LINEARS, "Zeros among the linears' parameters"),
          Map.entry(Metrics.REMOVED_BYTES, "Removed bytes"),
          Map.entry(Metrics.REMOVED_FLOPS, "Removed FLOPs per token, decode"),
          Map.entry(Metrics.FLOPS_PER_TOKEN_PREFILL, "FLOPs per token, prefill"),
          Map.entry(Metrics.FLOPS_PER_TOKEN_DECODE, "FLOPs per token, decode"),
          Map.entry(Metrics.TIME_TO_FIRST_TOKEN, "Time to first token (TTFT)"),
          Map.entry(Metrics.TIME_PER_OUTPUT_TOKEN, "Time per output token (TPOT)"),
          Map.entry(Metrics.DECODE_THROUGHPUT, "Decode throughput"),
          Map.entry(Metrics.PREFILL_THROUGHPUT, "Prefill throughput"),
          Map.entry(Metrics.MODEL_FLOPS_UTILIZATION, "Model FLOPs utilization (MFU)"),
          Map.entry(Metrics.MODEL_BANDWIDTH_UTILIZATION, "Model bandwidth utilization (MBU)"),
          Map.entry(Metrics.PEAK_RESIDENT_MEMORY, "Peak resident memory"),
          Map.entry(Metrics.ENERGY_PER_TOKEN, "Energy per token"),
          Map.entry(Metrics.COMPRESSION_TIME, "Compression time"),
          Map.entry(Metrics.TRAINING_FLOPS, "Training FLOPs"),
          Map.entry(Metrics.TRAINING_TOKENS, "Training tokens"),
          Map.entry(Metrics.TRAINING_TIME, "Training time"),
          Map.entry(Metrics.TRAINING_ENERGY, "Training energy"));

  private MetricName() {}

  /** The metric's label; for one that is not known here its name, taken apart into words. */
  public static String of(String metric) {
    String label = LABELS.get(metric);
    if (label != null) {
      return label;
    }
    String words = metric.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  /** The label within a sentence. */
  public static String inText(String metric) {
    String label = of(metric);
    return label.substring(0, 1).toLowerCase(Locale.ROOT) + label.substring(1);
  }
}
