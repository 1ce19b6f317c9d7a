package dev.assay.harness.measure.process;

import java.nio.file.Path;
import java.util.List;

/**
 * A forked JVM ended without a report: out of memory, killed, or an error that its output tells.
 */
public final class ProcessDiedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ProcessDiedException(String name, int status, List<String> lastLines, Path log) {
    super(
        String.format(
            "the %s process ended with status %d: %s; its output is in %s",
            name, status, cause(lastLines), log));
  }

  /** The line with which Java reports what went wrong, otherwise the last one. */
  private static String cause(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("Exception in thread") || line.startsWith("Caused by:"))
        .reduce((first, second) -> second)
        .orElse(lines.isEmpty() ? "without a word" : lines.get(lines.size() - 1));
  }
}
