package dev.assay.engine.cache;

/** Quantiles of sorted numbers, between neighbours in proportion. */
final class Percentile {
  private Percentile() {}

  /**
   * @param sorted rising numbers, at least one
   * @param share of them that are below, from 0 to 1
   */
  static float of(float[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int low = (int) place;
    int high = Math.min(low + 1, sorted.length - 1);
    return (float) (sorted[low] + (place - low) * ((double) sorted[high] - sorted[low]));
  }
}
