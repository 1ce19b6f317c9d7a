package dev.assay.leaderboard.site.cell;

import java.util.Collection;

/** Logarithmic shades between the smallest and the largest figure above 0. */
record Heat(double least, double most) {
  private static final int HOTTEST = 9;

  static Heat of(Collection<Double> figures) {
    double[] sorted =
        figures.stream()
            .mapToDouble(Double::doubleValue)
            .filter(figure -> figure > 0 && Double.isFinite(figure))
            .sorted()
            .toArray();
    return sorted.length == 0 ? new Heat(1, 1) : new Heat(sorted[0], sorted[sorted.length - 1]);
  }

  int of(double figure) {
    if (!Double.isFinite(figure)) {
      return HOTTEST;
    }
    if (!(figure > least)) {
      return 0;
    }
    double share = Math.log(figure / least) / Math.log(most / least);
    return (int) Math.min(HOTTEST, Math.round(share * HOTTEST));
  }
}
