package dev.assay.harness.measure.latency;

import java.nio.file.Path;
import org.openjdk.jmh.runner.BenchmarkException;

/** A forked JVM could not measure; the message says why and where its output is. */
public final class LatencyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LatencyException(Phase phase, Path log, Throwable failure) {
    super(phase.label() + ": " + reason(failure) + "; the forks' output is in " + log, failure);
  }

  /** What the fork said, beneath the layers that JMH wraps around it. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (true) {
      Throwable deeper =
          cause instanceof BenchmarkException && cause.getSuppressed().length > 0
              ? cause.getSuppressed()[0]
              : cause.getCause();
      if (deeper == null) {
        return String.valueOf(cause.getMessage());
      }
      cause = deeper;
    }
  }
}
