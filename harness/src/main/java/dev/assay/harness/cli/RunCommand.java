package dev.assay.harness.cli;

import dev.assay.harness.cli.progress.BarProgress;
import dev.assay.harness.cli.progress.PlainProgress;
import dev.assay.harness.run.Publication;
import dev.assay.harness.run.RunListener;
import dev.assay.harness.run.RunOptions;
import dev.assay.harness.run.RunOutcome;
import dev.assay.harness.run.SuiteRun;
import dev.assay.harness.run.machine.Machine;
import dev.assay.harness.run.need.Capacity;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.suite.LoadedSuite;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Run a suite: compress, measure, write results and the site.",
      "",
      "A run that was broken off goes on where it was: cells that have their result are not run"
          + " again, and finished artifacts come from the cache. If the suite's last run is"
          + " complete, a new one begins; artifacts still come from the cache."
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SUITE", arity = "1..*", description = "Suite files.")
  private List<Path> suites = new ArrayList<>();

  @Option(
      names = "--cell",
      paramLabel = "CELL",
      description =
          "Only this cell: its id, or a glob of model/recipe/target such as '*/gptq-*/*'. May be"
              + " repeated.")
  private List<String> cells = new ArrayList<>();

  @Option(
      names = "--new",
      description = "Begin a new run even if the suite's last one was broken off.")
  private boolean fresh;

  @Option(
      names = "--reuse",
      description =
          "Let results of earlier runs stand for cells that succeeded there; run the others.")
  private boolean reuse;

  @Option(names = "--no-site", description = "Leave index and site as they are.")
  private boolean noSite;

  @Mixin private ForceOption force;

  @Mixin private ProgressOption progress;

  @Mixin private Locations locations;

  private final Capacity.Probe capacity;

  RunCommand(Capacity.Probe capacity) {
    this.capacity = capacity;
  }

  @Override
  public Integer call() {
    SuiteReader reader = new SuiteReader(locations);
    List<LoadedSuite> read = suites.stream().map(reader::load).toList();
    // Nor should one about the models that are here already.
    read.stream()
        .filter(suite -> !suite.onHub().isEmpty())
        .forEach(suite -> reader.plan(suite.withHubModels(Map.of()), warning -> {}));
    if (!force.isSet()) {
      read.forEach(
          suite -> SuiteReader.requireRoomForDownloads(SuiteReader.hubStates(suite), capacity));
    }
    // Only now, as a fault in a suite should not wait for a download.
    List<LoadedSuite> loaded =
        progress.showing(
            spec.commandLine().getErr(),
            listener -> read.stream().map(suite -> SuiteReader.fetched(suite, listener)).toList());
    Machine machine = reader.machine();
    Map<LoadedSuite, List<PlannedCell>> planned = plan(reader, loaded);
    int failed = 0;
    for (LoadedSuite suite : loaded) {
      List<PlannedCell> cells = Objects.requireNonNull(planned.get(suite), "each was planned");
      RunOutcome outcome = run(reader, machine, suite, cells);
      failed += outcome.failed() + outcome.incomplete();
    }
    if (!noSite) {
      Publication publication =
          new Publication(locations.reports(), reader.build(), machine.revision());
      PrintWriter out = spec.commandLine().getOut();
      out.println(publication.site());
      out.flush();
    }
    return failed == 0 ? ExitCode.SUCCESS : ExitCode.CELLS_FAILED;
  }

  private Map<LoadedSuite, List<PlannedCell>> plan(SuiteReader reader, List<LoadedSuite> suites) {
    Map<LoadedSuite, List<PlannedCell>> planned = new LinkedHashMap<>();
    List<PlannedCell> toRun = new ArrayList<>();
    WarningLines warnings = new WarningLines(spec.commandLine().getErr());
    for (LoadedSuite suite : suites) {
      List<PlannedCell> cells = reader.plan(suite, warnings);
      planned.put(suite, cells);
      toRun.addAll(SuiteRun.toRun(suite, cells, options(), reader.machine().id()));
    }
    if (!force.isSet()) {
      reader.requireRoom(toRun, capacity);
    }
    return planned;
  }

  private RunOptions options() {
    return new RunOptions(
        locations.reports(), locations.artifacts(), locations.datasetPaths(), cells, fresh, reuse);
  }

  private RunOutcome run(
      SuiteReader reader, Machine machine, LoadedSuite suite, List<PlannedCell> planned) {
    RunOptions options = options();
    return switch (progress.style()) {
      case BAR -> {
        Map<String, Double> estimates = new HashMap<>();
        reader
            .estimates(planned)
            .forEach((cell, estimate) -> estimates.put(cell.id(), estimate.seconds()));
        BarProgress bar = new BarProgress(System.err, estimates);
        try {
          yield run(reader, machine, suite, planned, options, bar);
        } finally {
          bar.close();
        }
      }
      case NONE -> {
        RunOutcome outcome = run(reader, machine, suite, planned, options, event -> {});
        if (!outcome.disturbed().isNone()) {
          PrintWriter err = spec.commandLine().getErr();
          err.println(suite.suite().name() + ": disturbed: " + outcome.disturbed().text());
          err.flush();
        }
        yield outcome;
      }
      case PLAIN, AUTO ->
          run(
              reader,
              machine,
              suite,
              planned,
              options,
              new PlainProgress(spec.commandLine().getErr()));
    };
  }

  private static RunOutcome run(
      SuiteReader reader,
      Machine machine,
      LoadedSuite suite,
      List<PlannedCell> planned,
      RunOptions options,
      RunListener listener) {
    return new SuiteRun(machine, reader.build(), listener).run(suite, planned, options);
  }
}
