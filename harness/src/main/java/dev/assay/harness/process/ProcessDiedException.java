package dev.assay.harness.process;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

  private static final String OWN = "dev.assay.";

  /** How Java reports an exception that nobody caught, and what caused it. */
  private static final Pattern REPORT =
      Pattern.compile("(?:Exception in thread \"[^\"]*\"|Caused by:) ([\\w.$]+)(?:: (.*))?");

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

  /** What Java reports as the cause, otherwise the last line. */
  private static String cause(List<String> lines) {
    return lines.stream()
        .map(REPORT::matcher)
        .filter(Matcher::matches)
        .map(report -> words(report.group(1), report.group(2)))
        .reduce((first, second) -> second)
        .orElse(lines.isEmpty() ? "without a word" : lines.get(lines.size() - 1));
  }

  /** Messages about bad input speak for themselves; others need the exception's name. */
  private static String words(String exception, @Nullable String message) {
    String name = exception.substring(exception.lastIndexOf('.') + 1);
    if (message == null || message.isBlank()) {
      return name;
    }
    return exception.startsWith(OWN) ? message : name + ": " + message;
  }
}
