package dev.assay.harness.run;

import dev.assay.harness.run.journal.JournalEntry;
import dev.assay.harness.run.journal.JournalEntry.Cell;
import dev.assay.harness.run.journal.JournalEntry.CellFinished;
import dev.assay.harness.run.journal.JournalEntry.RunResumed;
import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.harness.run.journal.RunDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds result files that a run's journal says nothing of. */
final class UnlistedResults {
  private UnlistedResults() {}

  /** Those of a run, sorted by name. */
  static List<Path> of(RunDirectory run) {
    Path directory = run.resultsPath();
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    Set<String> listed = listed(run);
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".json"))
          .filter(file -> !listed.contains(StoredResults.id(file.getFileName().toString())))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static Set<String> listed(RunDirectory run) {
    Set<String> cells = new HashSet<>();
    for (JournalEntry entry : run.journal().entries()) {
      if (entry instanceof RunStarted started) {
        started.cells().stream().map(Cell::id).forEach(cells::add);
      } else if (entry instanceof RunResumed resumed) {
        resumed.cells().stream().map(Cell::id).forEach(cells::add);
      } else if (entry instanceof CellFinished finished) {
        cells.add(finished.cell());
      }
    }
    return cells;
  }
}
