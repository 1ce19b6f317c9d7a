package dev.assay.harness.run.journal;

import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where runs, the index and the site are.
 *
 * @param path for example {@code reports}
 */
public record ReportsDirectory(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(ReportsDirectory.class);

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** Directory of all runs. */
  public Path runsPath() {
    return path.resolve("runs");
  }

  /** Directory of the site. */
  public Path site() {
    return path.resolve("site");
  }

  /**
   * All runs, the one that started last first. One whose journal does not tell how it began, as
   * where a process was killed at once, is named in the log and left out.
   */
  public List<RunDirectory> runs() {
    if (!Files.isDirectory(runsPath())) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(runsPath())) {
      return directories
          .filter(RunDirectory::isOne)
          .map(RunDirectory::new)
          .flatMap(run -> begun(run).stream())
          .sorted(Comparator.comparing(Begun::at).reversed())
          .map(Begun::run)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(runsPath() + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private record Begun(RunDirectory run, Instant at) {}

  private static Optional<Begun> begun(RunDirectory run) {
    try {
      Optional<RunStarted> start = run.started();
      if (start.isEmpty()) {
        LOG.warn("{}: left out: no line says how the run started", run.journal().file());
      }
      return start.map(started -> new Begun(run, started.at()));
    } catch (UncheckedIOException e) {
      LOG.warn("left out: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** The last run of a suite. */
  public Optional<RunDirectory> last(String suite) {
    return runs().stream()
        .filter(run -> run.started().filter(start -> start.suite().equals(suite)).isPresent())
        .findFirst();
  }

  /** The last run of a suite on a machine. */
  public Optional<RunDirectory> last(String suite, String machine) {
    return runs().stream()
        .filter(
            run ->
                run.started()
                    .filter(start -> start.suite().equals(suite))
                    .filter(start -> machine.equals(start.machine()))
                    .isPresent())
        .findFirst();
  }

  /** Makes the directory of a new run: the suite's name and the time, which sort together. */
  public RunDirectory begin(String suite, Instant now) {
    String name = suite + "-" + STAMP.format(now);
    Path directory = runsPath().resolve(name);
    for (int i = 2; Files.exists(directory); i++) {
      directory = runsPath().resolve(name + "-" + i);
    }
    return new RunDirectory(directory).create();
  }
}
