package dev.assay.harness.hardware.disturbance;

import org.jspecify.annotations.Nullable;

/** Made-up observations of ten seconds on four processors. */
public final class Observations {
  private Observations() {}

  /** Nobody else was there. */
  public static Observation calm() {
    return load(0.0, 0.0);
  }

  /** Others took every processor for half of the time, and everybody waited. */
  public static Observation hogged() {
    return load(10.0, 20.0);
  }

  /**
   * @param waiting seconds in which some task waited
   * @param others processor seconds of other processes
   */
  static Observation load(@Nullable Double waiting, @Nullable Double others) {
    return new Observation(10, 4, waiting, 20.0, others, 0.0, 2e9, 2e9, 0L);
  }

  static Observation stolen(double seconds) {
    return new Observation(10, 4, 0.0, 20.0, 0.0, seconds, 2e9, 2e9, 0L);
  }

  static Observation clocks(double lowest, double highest, long throttles) {
    return new Observation(10, 4, 0.0, 20.0, 0.0, 0.0, lowest, highest, throttles);
  }
}
