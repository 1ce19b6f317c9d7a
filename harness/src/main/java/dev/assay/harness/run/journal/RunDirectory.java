package dev.assay.harness.run.journal;

import dev.assay.harness.run.journal.JournalEntry.Cell;
import dev.assay.harness.run.journal.JournalEntry.CellFinished;
import dev.assay.harness.run.journal.JournalEntry.RunFinished;
import dev.assay.harness.run.journal.JournalEntry.RunResumed;
import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of one run: {@code results/}, {@code logs/}, {@code journal.jsonl}.
 *
 * @param path its place; the last part is the run's identifier
 */
public record RunDirectory(Path path) {
  private static final String JOURNAL = "journal.jsonl";
  private static final String LOGS = "logs";

  /** Whether a directory is that of a run. */
  static boolean isOne(Path path) {
    return Files.isRegularFile(path.resolve(JOURNAL));
  }

  /** Makes the directory with what belongs in it. */
  public RunDirectory create() {
    try {
      Files.createDirectories(resultsPath());
      Files.createDirectories(path.resolve(LOGS));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be made: " + e.getMessage(), e);
    }
  }

  /** Identifier of the run. */
  public String id() {
    return path.getFileName().toString();
  }

  public Journal journal() {
    return new Journal(path.resolve(JOURNAL));
  }

  /** The run in plain lines. */
  public Path log() {
    return path.resolve("run.log");
  }

  /** Where results are. */
  public Path resultsPath() {
    return path.resolve("results");
  }

  /** Where the result of a cell is, or will be. */
  public Path result(String cell) {
    return resultsPath().resolve(cell + ".json");
  }

  /** Where what the processes of a cell write is, or would be. */
  public Path logsPath(String cell) {
    return path.resolve(LOGS).resolve(cell);
  }

  /** The same, made if it is not there. */
  public Path logs(String cell) {
    try {
      return Files.createDirectories(logsPath(cell));
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be made: " + e.getMessage(), e);
    }
  }

  /** The file that a process holds locked while it works on the run. */
  Path lock() {
    return path.resolve(".lock");
  }

  /** How the run began. */
  public Optional<RunStarted> started() {
    return journal().entries().stream()
        .filter(RunStarted.class::isInstance)
        .map(RunStarted.class::cast)
        .findFirst();
  }

  /** Whether every cell has had its result. */
  public boolean finished() {
    return journal().entries().stream().anyMatch(RunFinished.class::isInstance);
  }

  /** The cells that have their result in this run, and how they ended. */
  public Map<String, Status> results() {
    Map<String, Status> results = new LinkedHashMap<>();
    for (JournalEntry entry : journal().entries()) {
      if (entry instanceof CellFinished finished && Files.exists(result(finished.cell()))) {
        results.put(finished.cell(), finished.status());
      }
    }
    return results;
  }

  /** The cells of the suite, as the run was last told. */
  public List<Cell> cells() {
    List<Cell> cells = List.of();
    for (JournalEntry entry : journal().entries()) {
      if (entry instanceof RunStarted started) {
        cells = started.cells();
      } else if (entry instanceof RunResumed resumed) {
        cells = resumed.cells();
      }
    }
    return cells;
  }
}
