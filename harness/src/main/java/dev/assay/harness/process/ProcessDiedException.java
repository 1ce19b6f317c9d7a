package dev.assay.harness.process;

import java.nio.file.Path;
import java.util.List;

/**
 * A forked JVM ended without doing what it was to do: out of memory, killed, or an error that its
 * output tells.
 */
public final class ProcessDiedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Exit status of a process that was ended by SIGKILL, as the kernel does when memory runs out.
   */
  private static final int KILLED = 137;

  private final int status;

  ProcessDiedException(String name, int status, List<String> lastLines, Path log) {
    super(
        String.format(
            "the %s process ended with status %d: %s; its output is in %s",
            name, status, cause(lastLines), log));
    this.status = status;
  }

  /** Whether something killed it from outside. */
  public boolean killed() {
    return status == KILLED;
  }

  /** The line with which Java reports what went wrong, otherwise the last one. */
  private static String cause(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("Exception in thread") || line.startsWith("Caused by:"))
        .reduce((first, second) -> second)
        .orElse(lines.isEmpty() ? "without a word" : lines.get(lines.size() - 1));
  }
}
