package dev.assay.harness.run;

import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.run.journal.Journal;
import dev.assay.harness.run.journal.JournalEntry;
import dev.assay.harness.run.journal.JournalEntry.Role;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.harness.run.journal.RunLock;
import dev.assay.harness.run.machine.Machine;
import dev.assay.harness.run.outcome.FailedMeasure;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.suite.LoadedSuite;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.Status;
import dev.assay.leaderboard.stats.DisturbedCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the cells of a suite one after the other. Each result is on the disk before the next cell
 * begins; a run that was broken off goes on where it was, and loses at most the cell in work.
 */
public final class SuiteRun {
  private static final Logger LOG = LoggerFactory.getLogger(SuiteRun.class);

  private final Machine machine;
  private final AssayBuild build;
  private final RunListener listener;

  public SuiteRun(Machine machine, AssayBuild build, RunListener listener) {
    this.machine = machine;
    this.build = build;
    this.listener = listener;
  }

  /**
   * The cells that {@link #run} would run: wanted, and without a result that stands for them.
   *
   * @param machine the machine's id; results of another stand for nothing here
   * @throws dev.assay.engine.config.BadInputException if a cell is asked for that is not there
   */
  public static List<PlannedCell> toRun(
      LoadedSuite suite, List<PlannedCell> planned, RunOptions options, String machine) {
    List<PlannedCell> wanted = new CellSelection(options.cells()).of(planned);
    Set<String> there = new TreeSet<>();
    if (!options.fresh()) {
      brokenOff(options.reports(), suite, planned, machine)
          .ifPresent(run -> there.addAll(run.results().keySet()));
    }
    if (options.reuse()) {
      there.addAll(succeeded(options.reports().runs(), machine));
    }
    return wanted.stream().filter(cell -> !there.contains(cell.id())).toList();
  }

  /**
   * Runs to the end.
   *
   * @param planned all cells of the suite
   * @throws dev.assay.engine.config.BadInputException if a cell is asked for that is not there, or
   *     another process is at work on the run
   */
  public RunOutcome run(LoadedSuite suite, List<PlannedCell> planned, RunOptions options) {
    List<PlannedCell> wanted = new CellSelection(options.cells()).of(planned);
    Optional<RunDirectory> broken =
        options.fresh()
            ? Optional.empty()
            : brokenOff(options.reports(), suite, planned, machine.id());
    RunDirectory run =
        broken.orElseGet(() -> options.reports().begin(suite.suite().name(), Instant.now()));
    try (RunLock lock = RunLock.of(run)) {
      Set<String> elsewhere =
          options.reuse()
              ? succeeded(
                  options.reports().runs().stream().filter(other -> !other.equals(run)).toList(),
                  machine.id())
              : Set.of();
      List<JournalEntry.Cell> cells =
          planned.stream().map(cell -> entry(cell, wanted, elsewhere)).toList();
      run.journal().append(opening(run, suite, cells, broken.isPresent()));
      RunLog log = new RunLog(run.log());
      RunListener both =
          event -> {
            log.on(event);
            listener.on(event);
          };
      RunOutcome outcome = cells(run, suite, planned, cells, options, broken.isPresent(), both);
      run.journal().append(new JournalEntry.RunFinished(Instant.now()));
      both.on(
          new RunEvent.RunEnded(
              run.id(), outcome.succeeded(), outcome.failed(), outcome.disturbed()));
      return outcome;
    }
  }

  /** The suite's last run here, if it was broken off and has cells that are still wanted. */
  private static Optional<RunDirectory> brokenOff(
      ReportsDirectory reports, LoadedSuite suite, List<PlannedCell> planned, String machine) {
    List<String> ids = planned.stream().map(PlannedCell::id).toList();
    return reports
        .last(suite.suite().name(), machine)
        .filter(run -> !run.finished())
        .filter(run -> run.cells().stream().anyMatch(cell -> ids.contains(cell.id())));
  }

  private static Set<String> succeeded(List<RunDirectory> runs, String machine) {
    Set<String> ids = new TreeSet<>();
    for (RunDirectory run : runs) {
      if (run.started().filter(start -> machine.equals(start.machine())).isEmpty()) {
        continue;
      }
      run.results()
          .forEach(
              (id, status) -> {
                if (status == Status.SUCCEEDED) {
                  ids.add(id);
                }
              });
    }
    return ids;
  }

  private static JournalEntry.Cell entry(
      PlannedCell cell, List<PlannedCell> wanted, Set<String> elsewhere) {
    Role role = Role.RUN;
    if (!wanted.contains(cell)) {
      role = Role.LEFT_OUT;
    } else if (elsewhere.contains(cell.id())) {
      role = Role.REUSED;
    }
    return new JournalEntry.Cell(cell.id(), cell.name(), role);
  }

  private JournalEntry opening(
      RunDirectory run, LoadedSuite suite, List<JournalEntry.Cell> cells, boolean resumed) {
    return resumed
        ? new JournalEntry.RunResumed(Instant.now(), cells)
        : new JournalEntry.RunStarted(
            Instant.now(),
            run.id(),
            suite.suite().name(),
            suite.file().toString(),
            cells,
            build.id(),
            machine.id());
  }

  private RunOutcome cells(
      RunDirectory run,
      LoadedSuite suite,
      List<PlannedCell> planned,
      List<JournalEntry.Cell> entries,
      RunOptions options,
      boolean resumed,
      RunListener watching) {
    Map<String, Status> results = run.results();
    long toRun =
        entries.stream()
            .filter(entry -> entry.role() == Role.RUN && !results.containsKey(entry.id()))
            .count();
    watching.on(
        new RunEvent.RunBegan(
            run.id(), suite.suite().name(), planned.size(), Math.toIntExact(toRun), resumed));
    CellContext context =
        new CellContext(
            run, machine, options.artifacts(), options.datasets(), suite.texts(), watching);
    for (int i = 0; i < planned.size(); i++) {
      PlannedCell cell = planned.get(i);
      if (entries.get(i).role() == Role.REUSED || results.containsKey(cell.id())) {
        watching.on(new RunEvent.CellSkipped(i + 1, cell));
      } else if (entries.get(i).role() == Role.RUN) {
        watching.on(new RunEvent.CellBegan(i + 1, cell));
        Result result = cell(context, cell);
        results.put(cell.id(), result.status());
        watching.on(new RunEvent.CellEnded(i + 1, cell, result));
      }
    }
    List<Result> all = read(run, results.keySet());
    return new RunOutcome(
        run,
        count(results, Status.SUCCEEDED),
        count(results, Status.FAILED),
        Math.toIntExact(all.stream().filter(SuiteRun::isIncomplete).count()),
        DisturbedCount.of(all));
  }

  private static Result cell(CellContext context, PlannedCell cell) {
    Journal journal = context.run().journal();
    journal.append(new JournalEntry.CellStarted(Instant.now(), cell.id()));
    Result result = new CellRun(context, cell).run();
    try {
      new ResultJson().write(context.run().result(cell.id()), result);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    journal.append(new JournalEntry.CellFinished(Instant.now(), cell.id(), result.status()));
    return result;
  }

  private static boolean isIncomplete(Result result) {
    return result.status() == Status.SUCCEEDED && !FailedMeasure.of(result).isEmpty();
  }

  /** Those from before the run was broken off too, so from the files. */
  private static List<Result> read(RunDirectory run, Set<String> cells) {
    ResultJson json = new ResultJson();
    List<Result> results = new ArrayList<>();
    for (String cell : cells) {
      try {
        results.add(json.read(run.result(cell)));
      } catch (IOException e) {
        LOG.warn("left out of the count of failed and disturbed figures: {}", e.getMessage());
      }
    }
    return results;
  }

  private static int count(Map<String, Status> results, Status status) {
    return Math.toIntExact(results.values().stream().filter(status::equals).count());
  }
}
