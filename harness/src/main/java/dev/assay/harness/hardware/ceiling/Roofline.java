package dev.assay.harness.hardware.ceiling;

/**
 * The roofline model: pure arithmetic on rates.
 *
 * @see <a href="https://doi.org/10.1145/1498765.1498785">Williams, Waterman, Patterson 2009</a>
 */
public final class Roofline {
  private Roofline() {}

  /**
   * The rate that neither arithmetic nor memory allows to exceed, FLOP/s.
   *
   * @param intensity FLOPs done for each byte moved, FLOP/B
   * @param peak arithmetic ceiling, FLOP/s
   * @param bandwidth memory ceiling, B/s
   */
  public static double attainable(double intensity, double peak, double bandwidth) {
    return Math.min(
        positive("peak", peak),
        positive("intensity", intensity) * positive("bandwidth", bandwidth));
  }

  /**
   * Model FLOPs utilization: useful FLOP/s over the peak of the arithmetic that runs.
   *
   * @param flops FLOPs that the model takes for the work
   * @param seconds time the work took
   * @param peak arithmetic ceiling, FLOP/s
   * @see <a href="https://arxiv.org/abs/2204.02311">Chowdhery et al. 2022, PaLM, appendix B</a>
   */
  public static double modelFlopsUtilization(double flops, double seconds, double peak) {
    return positive("flops", flops) / positive("seconds", seconds) / positive("peak", peak);
  }

  /**
   * Model bandwidth utilization: bytes that a token must read (weights and key-value cache), times
   * tokens a second, over the peak bandwidth.
   *
   * @param bytes bytes that must be read for the work
   * @param seconds time the work took
   * @param bandwidth memory ceiling, B/s
   */
  public static double modelBandwidthUtilization(double bytes, double seconds, double bandwidth) {
    return positive("bytes", bytes)
        / positive("seconds", seconds)
        / positive("bandwidth", bandwidth);
  }

  private static double positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + ": found " + value + ", expected a number above 0");
    }
    return value;
  }
}
