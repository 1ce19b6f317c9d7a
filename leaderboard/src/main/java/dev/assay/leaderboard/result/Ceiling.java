package dev.assay.leaderboard.result;

import java.util.List;

/**
 * A limit of the machine, from its datasheet or measured in the same run.
 *
 * @param kind {@code bandwidth} (B/s) or {@code compute} (FLOP/s)
 * @param name {@code dram}, {@code copy}, {@code triad}, {@code gemm}, {@code peak} …
 * @param dtype arithmetic of a compute ceiling, {@code any} for bandwidth
 * @param value the limit in {@code unit}
 * @param unit {@code B/s} or {@code FLOP/s}
 * @param origin {@code datasheet}, {@code computed} (documented operations per core and cycle,
 *     times cores and clock) or {@code measured}
 * @param source where the datasheet figure comes from, or how the measurement was taken
 * @param samples raw samples of a measured ceiling; empty otherwise
 */
public record Ceiling(
    String kind,
    String name,
    String dtype,
    double value,
    String unit,
    String origin,
    String source,
    List<Double> samples) {
  public Ceiling {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "ceiling " + name + ": " + value + " is not positive and finite");
    }
    samples = List.copyOf(samples);
  }
}
