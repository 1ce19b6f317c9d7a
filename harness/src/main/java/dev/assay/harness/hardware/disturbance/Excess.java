package dev.assay.harness.hardware.disturbance;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A limit that was exceeded.
 *
 * @param reason what was seen and what the limit is, in words
 * @param severity how many times the limit, above 1
 */
public record Excess(String reason, double severity) {
  /** All that was exceeded, in one line. */
  static String text(List<Excess> all) {
    return all.stream().map(Excess::reason).collect(Collectors.joining("; "));
  }

  /** The worst of them; 0 if there is none. */
  static double worst(List<Excess> all) {
    return all.stream()
        .max(Comparator.comparingDouble(Excess::severity))
        .map(Excess::severity)
        .orElse(0.0);
  }
}
