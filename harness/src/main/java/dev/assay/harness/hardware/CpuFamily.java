package dev.assay.harness.hardware;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The numbers by which an x86 processor's design is known (CPUID leaf 1, as the kernel shows them).
 * Hypervisors hide a processor's name more often than these.
 */
public record CpuFamily(int family, int model, int stepping) {
  private static final Pattern TEXT = Pattern.compile("family (\\d+) model (\\d+) stepping (\\d+)");

  /** The numbers in the form that {@link #toString()} writes; empty for any other text. */
  public static Optional<CpuFamily> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new CpuFamily(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3))));
  }

  @Override
  public String toString() {
    return "family " + family + " model " + model + " stepping " + stepping;
  }
}
