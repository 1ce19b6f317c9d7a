package dev.assay.harness.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes {@code run.log}: the plain lines of a run with their times. */
final class RunLog implements RunListener {
  private final Path file;
  private final RunLines lines = new RunLines();

  RunLog(Path file) {
    this.file = file;
  }

  @Override
  public void on(RunEvent event) {
    lines
        .of(event)
        .ifPresent(
            line -> append(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line + "\n"));
  }

  private void append(String line) {
    try {
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
