package dev.assay.harness.run;

import dev.assay.harness.run.journal.JournalEntry.Cell;
import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Result;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the site shows: for each suite and machine the cells of the last run.
 *
 * @param known cells with their machines
 * @param suiteFiles suite name to the file that it was last run from
 */
record ShownCells(Set<Shown> known, Map<String, String> suiteFiles) {
  /** Of runs that do not tell their machine and have no result that does. */
  private static final String NO_MACHINE = "";

  ShownCells {
    known = Set.copyOf(known);
    suiteFiles = Map.copyOf(suiteFiles);
  }

  /**
   * @param cell identifier of the cell
   * @param machine identifier of the machine
   */
  record Shown(String cell, String machine) {}

  /**
   * Looks at the journals.
   *
   * @param runs the newest first
   * @param stored reads results
   */
  static ShownCells of(List<RunDirectory> runs, StoredResults stored) {
    Set<Shown> known = new HashSet<>();
    Set<Shown> suites = new HashSet<>();
    Map<String, String> suiteFiles = new HashMap<>();
    for (RunDirectory run : runs) {
      Optional<RunStarted> start = run.started();
      if (start.isPresent()) {
        String machine = machine(run, start.get(), stored);
        suiteFiles.putIfAbsent(start.get().suite(), start.get().suiteFile());
        if (suites.add(new Shown(start.get().suite(), machine))) {
          run.cells().forEach(cell -> known.add(new Shown(cell.id(), machine)));
        }
      }
    }
    return new ShownCells(known, suiteFiles);
  }

  /** An older journal does not tell it, but each of the run's results does. */
  private static String machine(RunDirectory run, RunStarted start, StoredResults stored) {
    String told = start.machine();
    if (told != null) {
      return told;
    }
    for (Cell cell : run.cells()) {
      try {
        return stored.read(run.result(cell.id())).machine();
      } catch (IOException e) {
        // Not there, or named where the results are read.
      }
    }
    return NO_MACHINE;
  }

  /** Identifiers of the cells that are shown of some machine. */
  Set<String> cells() {
    return known.stream().map(Shown::cell).collect(Collectors.toSet());
  }

  boolean has(Result result) {
    return known.contains(new Shown(result.cell().id(), result.machine()));
  }
}
