package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.site.ranking.MetricColumn.Spread;
import java.util.ArrayList;
import java.util.List;

/** The columns of a ranking; a metric that no cell has gets none. */
final class RankingColumns {
  private final RankedCells members;
  private final List<RankingColumn> columns = new ArrayList<>();

  private RankingColumns(RankedCells members) {
    this.members = members;
  }

  static List<RankingColumn> of(RankedCells members) {
    RankingColumns made = new RankingColumns(members);
    made.columns.add(
        new MetricColumn(
            members, members.perplexity(), "Perplexity", false, Spread.STANDARD_ERROR));
    made.columns.add(QualityRatioColumn.ofPerplexity(members));
    members
        .bitsPerByte()
        .ifPresent(
            key ->
                made.columns.add(
                    new MetricColumn(members, key, "Bits / byte", false, Spread.STANDARD_ERROR)));
    if (!members.by().equals(members.perplexity())) {
      made.columns.add(QualityRatioColumn.ofBitsPerByte(members, members.by()));
    }
    made.lower(Metrics.SIZE_ON_DISK, "Size", Spread.NONE);
    made.lower(Metrics.NOMINAL_BITS_PER_WEIGHT, "Nominal bits", Spread.NONE);
    made.lower(Metrics.BITS_PER_WEIGHT, "Effective bits", Spread.NONE);
    made.higher(Metrics.COMPRESSION_RATIO, "Compr.");
    made.higher(Metrics.REMOVED_FROM_LINEARS, "− linears");
    made.higher(Metrics.REMOVED_FROM_MODEL, "− model");
    made.higher(Metrics.REMOVED_FLOPS, "− FLOPs");
    made.lower(Metrics.TIME_TO_FIRST_TOKEN, "TTFT", Spread.NONE);
    made.lower(Metrics.TIME_PER_OUTPUT_TOKEN, "TPOT", Spread.INTERVAL);
    made.higher(Metrics.DECODE_THROUGHPUT, "Decode");
    members
        .usual(Metrics.TIME_PER_OUTPUT_TOKEN)
        .ifPresent(key -> made.columns.add(new SpeedupColumn(members, key)));
    made.lower(Metrics.PEAK_RESIDENT_MEMORY, "Peak memory", Spread.NONE);
    made.lower(Metrics.CACHE_BYTES_PER_TOKEN, "KV / token", Spread.NONE);
    made.higher(Metrics.LONGEST_CONTEXT, "Longest context");
    made.higher(Metrics.MODEL_BANDWIDTH_UTILIZATION, "MBU");
    made.lower(Metrics.TRAINING_FLOPS, "Training", Spread.NONE);
    made.lower(Metrics.TRAINING_TOKENS, "Trained on", Spread.NONE);
    made.lower(Metrics.TRAINING_TIME, "Training time", Spread.NONE);
    made.lower(Metrics.TRAINING_ENERGY, "Training energy", Spread.NONE);
    return List.copyOf(made.columns);
  }

  private void lower(String metric, String label, Spread spread) {
    members
        .usual(metric)
        .ifPresent(key -> columns.add(new MetricColumn(members, key, label, false, spread)));
  }

  private void higher(String metric, String label) {
    members
        .usual(metric)
        .ifPresent(key -> columns.add(new MetricColumn(members, key, label, true, Spread.NONE)));
  }
}
