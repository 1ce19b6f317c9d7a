package dev.assay.leaderboard.result;

/**
 * Where a cell lies under the roofline.
 *
 * @param phase {@code prefill} or {@code decode}
 * @param intensity FLOPs done over bytes moved, FLOP/B
 * @param achieved FLOP/s
 * @param attainable min(peak, intensity · bandwidth) with the measured ceilings, FLOP/s
 * @param dtype arithmetic
 * @param provenance that of the latency it rests on
 */
public record RooflinePoint(
    String phase,
    double intensity,
    double achieved,
    double attainable,
    String dtype,
    Provenance provenance) {
  public RooflinePoint {
    for (double value : new double[] {intensity, achieved, attainable}) {
      if (!(value > 0 && Double.isFinite(value))) {
        throw new IllegalArgumentException(
            "roofline point of " + phase + ": " + value + " is not positive and finite");
      }
    }
  }
}
