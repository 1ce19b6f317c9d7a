package dev.assay.leaderboard.result;

import org.jspecify.annotations.Nullable;

/**
 * Where a cell lies under the roofline.
 *
 * @param phase {@code prefill} or {@code decode}
 * @param intensity FLOPs done over bytes moved, FLOP/B
 * @param achieved FLOP/s
 * @param attainable min(peak, intensity · bandwidth) with the measured ceilings, FLOP/s
 * @param dtype arithmetic
 * @param provenance that of the latency it rests on
 * @param disturbed which disturbed latency or ceiling it rests on; absent if none
 */
public record RooflinePoint(
    String phase,
    double intensity,
    double achieved,
    double attainable,
    String dtype,
    Provenance provenance,
    @Nullable String disturbed) {
  public RooflinePoint {
    Disturbed.requireReason("roofline point of " + phase, disturbed);
    String point = "roofline point of " + phase + ": ";
    Magnitude.requirePositive(point + "intensity", intensity);
    Magnitude.requirePositive(point + "achieved", achieved);
    Magnitude.requirePositive(point + "attainable", attainable);
  }

  /** A point that rests on nothing disturbed. */
  public RooflinePoint(
      String phase,
      double intensity,
      double achieved,
      double attainable,
      String dtype,
      Provenance provenance) {
    this(phase, intensity, achieved, attainable, dtype, provenance, null);
  }
}
