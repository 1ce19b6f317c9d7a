package dev.assay.leaderboard.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param disturbed what disturbed the measurement, so that the limit may be higher; absent if
 *     nothing did
 * @param conditions what went on while it was measured; absent where nothing was watched
 */
public record Ceiling(
    String kind,
    String name,
    String dtype,
    double value,
    String unit,
    String origin,
    String source,
    List<Double> samples,
    @Nullable String disturbed,
    @Nullable Conditions conditions) {
  public Ceiling {
    Magnitude.requirePositive("ceiling " + name + ": value", value);
    Disturbed.requireReason(name, disturbed);
    samples = List.copyOf(samples);
    for (double sample : samples) {
      Magnitude.require("ceiling " + name + ": sample", sample);
    }
  }

  /** A limit that nothing disturbed, as far as anybody watched. */
  public Ceiling(
      String kind,
      String name,
      String dtype,
      double value,
      String unit,
      String origin,
      String source,
      List<Double> samples) {
    this(kind, name, dtype, value, unit, origin, source, samples, null, null);
  }

  /** The limit with what is known of how it was measured. */
  public Ceiling taken(@Nullable String disturbance, @Nullable Conditions under) {
    return new Ceiling(kind, name, dtype, value, unit, origin, source, samples, disturbance, under);
  }
}
