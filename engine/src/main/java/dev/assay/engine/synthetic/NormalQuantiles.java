package dev.assay.engine.synthetic;

/**
 * The middle quantiles of 65,536 equally likely parts of the standard normal distribution, so that
 * a uniform 16-bit number picks a normal one without arithmetic. Their standard deviation is
 * 0.99999; the largest is 4.32.
 */
final class NormalQuantiles {
  static final int COUNT = 1 << 16;

  private static final double TOLERANCE = 1e-13;

  private NormalQuantiles() {}

  /** All of them, ascending. */
  static double[] all() {
    double[] quantiles = new double[COUNT];
    double x = 0;
    for (int i = COUNT / 2; i < COUNT; i++) {
      x = above(x, (i + 0.5) / COUNT);
      quantiles[i] = x;
      quantiles[COUNT - 1 - i] = -x;
    }
    return quantiles;
  }

  /** Newton's method, which from below climbs to the quantile, as the distribution is concave. */
  private static double above(double start, double probability) {
    double x = start;
    while (true) {
      double step = (probability - distribution(x)) / density(x);
      x += step;
      if (step < TOLERANCE) {
        return x;
      }
    }
  }

  private static double density(double x) {
    return StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * Math.PI);
  }

  /** ½ + density · (x + x³/3 + x⁵/(3·5) + …). */
  private static double distribution(double x) {
    double term = x;
    double sum = x;
    for (int n = 3; term > sum * 1e-17; n += 2) {
      term *= x * x / n;
      sum += term;
    }
    return 0.5 + density(x) * sum;
  }
}
