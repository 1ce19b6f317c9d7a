package dev.assay.leaderboard.site.format;

import dev.assay.leaderboard.result.Metrics;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How the figures of one column are written: in one unit with one number of decimals, so that they
 * can be compared by eye.
 *
 * @param factor what a value in its base unit is divided by
 * @param unit name of the scaled unit, empty for plain numbers
 * @param decimals digits after the point
 */
public record Scale(double factor, String unit, int decimals) {
  private static final Set<String> PREFIXED =
      Set.of("B", "B/token", "s", "B/s", "FLOP", "FLOP/s", "FLOP/token", "J/token");
  private static final Set<String> FINE = Set.of(Metrics.PERPLEXITY, Metrics.BITS_PER_BYTE);
  private static final Set<String> SHARES =
      Set.of(
          Metrics.MODEL_FLOPS_UTILIZATION,
          Metrics.MODEL_BANDWIDTH_UTILIZATION,
          Metrics.REMOVED_FROM_MODEL,
          Metrics.REMOVED_FROM_LINEARS,
          Metrics.ZEROS_IN_LINEARS,
          Metrics.REMOVED_BYTES,
          Metrics.REMOVED_FLOPS);
  private static final int MAX_DECIMALS = 4;

  private record Prefix(String symbol, double factor) {}

  private static final List<Prefix> PREFIXES =
      List.of(
          new Prefix("P", 1e15),
          new Prefix("T", 1e12),
          new Prefix("G", 1e9),
          new Prefix("M", 1e6),
          new Prefix("k", 1e3),
          new Prefix("", 1),
          new Prefix("m", 1e-3),
          new Prefix("µ", 1e-6),
          new Prefix("n", 1e-9));

  public Scale {
    if (!(factor > 0) || decimals < 0) {
      throw new IllegalArgumentException("factor " + factor + ", decimals " + decimals);
    }
  }

  /** The scale that suits all of a metric's values, which are in the base unit. */
  public static Scale of(String metric, String unit, Collection<Double> values) {
    int digits = FINE.contains(metric) ? 4 : 3;
    if (SHARES.contains(metric)) {
      return sized(0.01, "%", values, digits);
    }
    return switch (unit) {
      case "1" -> sized(1, metric.equals(Metrics.COMPRESSION_RATIO) ? "×" : "", values, digits);
      case "bit" -> sized(1, "bits", values, digits);
      case "bit/B" -> sized(1, "bits/byte", values, digits);
      case "token/s" -> sized(1, "tokens/s", values, digits);
      default -> PREFIXED.contains(unit) ? prefixed(unit, values) : sized(1, unit, values, digits);
    };
  }

  /** The scale of a value that stands alone. */
  public static Scale of(String metric, String unit, double value) {
    return of(metric, unit, List.of(value));
  }

  private static Scale prefixed(String unit, Collection<Double> values) {
    double middle = middle(values);
    Prefix prefix =
        PREFIXES.stream()
            .filter(each -> middle >= each.factor())
            .findFirst()
            .orElse(middle > 0 ? PREFIXES.get(PREFIXES.size() - 1) : new Prefix("", 1));
    // Bytes have no fractions.
    boolean whole = unit.startsWith("B") && prefix.factor() < 1;
    return sized(whole ? 1 : prefix.factor(), whole ? unit : prefix.symbol() + unit, values, 3);
  }

  private static double middle(Collection<Double> values) {
    List<Double> sorted = values.stream().map(Math::abs).sorted().toList();
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  private static Scale sized(double factor, String unit, Collection<Double> values, int digits) {
    double smallest =
        values.stream().mapToDouble(Math::abs).filter(each -> each > 0).min().orElse(factor);
    int magnitude = (int) Math.floor(Math.log10(smallest / factor)) + 1;
    boolean whole = values.stream().allMatch(value -> value / factor == Math.rint(value / factor));
    int decimals = Math.max(0, Math.min(MAX_DECIMALS, digits - magnitude));
    return new Scale(factor, unit, whole && values.size() == 1 ? 0 : decimals);
  }

  /** The value without its unit. */
  public String number(double value) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value / factor);
  }

  /** The value with its unit. */
  public String text(double value) {
    return unit.isEmpty() ? number(value) : number(value) + " " + unit;
  }
}
