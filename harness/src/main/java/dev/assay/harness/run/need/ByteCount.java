package dev.assay.harness.run.need;

import java.util.Locale;

/** Bytes for people. */
public final class ByteCount {
  private static final String UNITS = "kMGTPE";
  private static final double STEP = 1000;

  private ByteCount() {}

  /** Two or three digits and a decimal unit: {@code 940 MB}, {@code 1.2 GB}. */
  public static String of(long bytes) {
    double value = bytes / STEP;
    int unit = 0;
    while (value >= STEP && unit < UNITS.length() - 1) {
      value /= STEP;
      unit++;
    }
    return String.format(
        Locale.ROOT, value < 10 ? "%.1f %cB" : "%.0f %cB", value, UNITS.charAt(unit));
  }
}
