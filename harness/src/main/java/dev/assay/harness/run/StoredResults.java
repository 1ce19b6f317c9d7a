package dev.assay.harness.run;

import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads the results of runs, each held to the place where it lies: a file that was copied or
 * renamed would otherwise take the place of another cell.
 */
final class StoredResults {
  private final ResultJson json = new ResultJson();
  private final Map<Path, Optional<String>> suites = new HashMap<>();

  /**
   * Reads {@code <run>/results/<cell>.json}.
   *
   * @throws IOException if the file cannot be read, holds no result, or that of another cell, run
   *     or suite; the message names the file and the key
   */
  Result read(Path file) throws IOException {
    Result result = json.read(file);
    Path results = Objects.requireNonNull(file.toAbsolutePath().normalize().getParent());
    Path run = Objects.requireNonNull(results.getParent());
    String name = String.valueOf(file.getFileName());
    require(file, "cell.id", result.cell().id(), id(name), "the file's name");
    String directory = String.valueOf(run.getFileName());
    require(file, "run", result.run(), directory, "the name of the run's directory");
    Optional<String> suite = suites.computeIfAbsent(run, StoredResults::suite);
    if (suite.isPresent()) {
      require(file, "cell.suite", result.cell().suite(), suite.get(), "the suite of the run");
    }
    return result;
  }

  /** The identifier of the cell that a file of this name is the result of. */
  static String id(String fileName) {
    return fileName.replaceFirst("\\.json$", "");
  }

  private static Optional<String> suite(Path run) {
    return new RunDirectory(run).started().map(RunStarted::suite);
  }

  private static void require(Path file, String key, String found, String expected, String because)
      throws IOException {
    if (!found.equals(expected)) {
      throw new IOException(
          "%s: %s: found '%s', expected '%s', %s".formatted(file, key, found, expected, because));
    }
  }
}
