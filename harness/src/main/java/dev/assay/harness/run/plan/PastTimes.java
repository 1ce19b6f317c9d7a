package dev.assay.harness.run.plan;

import dev.assay.harness.run.journal.JournalEntry;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.harness.suite.Measures;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How long cells took in earlier runs, by their names and what was measured of them. */
final class PastTimes {
  private final Map<String, List<Past>> byName = new HashMap<>();

  private final Function<Path, Optional<Measures>> measures;

  /**
   * Looks at all runs.
   *
   * @param reports where they are
   * @param measures what was measured of a cell, by the directory of its logs
   */
  PastTimes(ReportsDirectory reports, Function<Path, Optional<Measures>> measures) {
    this.measures = measures;
    // The newest run comes first, and its word counts.
    reports.runs().forEach(this::learn);
  }

  /**
   * A cell that was run.
   *
   * @param logs what its processes wrote
   * @param seconds wall time
   */
  private record Past(Path logs, double seconds) {}

  private void learn(RunDirectory run) {
    Map<String, Instant> begun = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    run.cells().forEach(cell -> names.put(cell.id(), cell.name()));
    for (JournalEntry entry : run.journal().entries()) {
      if (entry instanceof JournalEntry.CellStarted started) {
        begun.put(started.cell(), started.at());
      } else if (entry instanceof JournalEntry.CellFinished finished) {
        String name = names.get(finished.cell());
        Instant start = begun.get(finished.cell());
        if (name != null && start != null) {
          byName
              .computeIfAbsent(name, key -> new ArrayList<>())
              .add(
                  new Past(
                      run.logsPath(finished.cell()),
                      Duration.between(start, finished.at()).toMillis() / 1e3));
        }
      }
    }
  }

  /** Seconds that a cell of a name took last when the same was measured of it. */
  Optional<Double> of(String name, Measures wanted) {
    return byName.getOrDefault(name, List.of()).stream()
        .filter(past -> measures.apply(past.logs()).filter(wanted::equals).isPresent())
        .map(Past::seconds)
        .findFirst();
  }
}
