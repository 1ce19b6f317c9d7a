package dev.assay.leaderboard.site.format;

import java.util.Locale;

/** Ratios and shares in words. */
public final class Ratios {
  private Ratios() {}

  /** For example {@code 1.03×}; three significant digits. */
  public static String times(double ratio) {
    return number(ratio) + "×";
  }

  /** The ratio without the sign. */
  public static String number(double ratio) {
    double size = Math.abs(ratio);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", ratio);
  }

  /** For example {@code 34.1 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** A confidence as a whole or decimal percentage, for example {@code 99 %} or {@code 99.9 %}. */
  public static String confidence(double confidence) {
    double percent = Math.round(confidence * 1e5) / 1e3;
    String text = percent == Math.rint(percent) ? "%.0f %%" : "%s %%";
    return String.format(Locale.ROOT, text, percent);
  }
}
