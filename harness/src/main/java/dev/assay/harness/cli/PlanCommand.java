package dev.assay.harness.cli;

import dev.assay.engine.hub.HubState;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.cli.table.Table;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.harness.run.need.ByteCount;
import dev.assay.harness.run.need.Capacity;
import dev.assay.harness.run.need.CellNeed;
import dev.assay.harness.run.need.PlannedNeed;
import dev.assay.harness.run.need.SuiteNeed;
import dev.assay.harness.run.plan.CellEstimate;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.plan.StorageNotes;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.LoadedSuite;
import dev.assay.leaderboard.result.Status;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Say what a suite would run, what is there already, and about how long it takes and how"
            + " much memory and disk it needs.")
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SUITE", description = "Suite file.")
  private Path suite = Path.of("");

  @Mixin private Locations locations;

  @Mixin private TableOutput output;

  @Mixin private ForceOption force;

  private final Capacity.Probe capacity;

  PlanCommand(Capacity.Probe capacity) {
    this.capacity = capacity;
  }

  @Override
  public Integer call() {
    SuiteReader reader = new SuiteReader(locations);
    LoadedSuite loaded = reader.load(suite);
    Map<String, HubState> onHub = SuiteReader.hubStates(loaded);
    List<PlannedCell> cells =
        reader.plan(
            SuiteReader.atHand(loaded, onHub), new WarningLines(spec.commandLine().getErr()));
    Map<PlannedCell, CellEstimate> estimates = reader.estimates(cells);
    Optional<RunDirectory> broken =
        locations
            .reports()
            .last(loaded.suite().name(), reader.machine().id())
            .filter(run -> !run.finished());
    Map<String, Status> results = broken.map(RunDirectory::results).orElse(Map.of());
    Table.Builder table =
        Table.of("cell", "id", "state", "estimate", "estimated from", "memory", "disk");
    Map<PlannedCell, CellNeed> needs = new HashMap<>();
    reader.needs(cells).forEach(each -> needs.put(each.cell(), each.need()));
    List<PlannedNeed> toRun = new ArrayList<>();
    double total = 0;
    Map<String, PlannedCell> planned = new HashMap<>();
    cells.forEach(cell -> planned.put(cell.name(), cell));
    for (CellSpec spec : loaded.cells()) {
      PlannedCell cell = planned.get(spec.name());
      if (cell == null) {
        HubState state = Objects.requireNonNull(onHub.get(spec.model().name()), "the reason why");
        table.row(spec.name(), "", state.describe(), "", "", "unknown until its model is here", "");
        continue;
      }
      CellEstimate estimate =
          estimates.getOrDefault(cell, new CellEstimate(0, CellEstimate.Basis.COMPUTED));
      boolean done = results.containsKey(cell.id());
      CellNeed need = Objects.requireNonNull(needs.get(cell), "each cell has one");
      if (!done) {
        toRun.add(new PlannedNeed(cell, need));
      }
      total += done ? 0 : estimate.seconds();
      table.row(
          cell.name(),
          cell.id(),
          state(cell, results, reader),
          done ? "" : seconds(estimate.seconds()),
          done ? "" : basis(estimate.basis()),
          done ? "" : memory(need),
          done ? "" : disk(need));
    }
    PrintWriter out = spec.commandLine().getOut();
    output.print(out, table.build());
    if (output.forPeople()) {
      out.println();
      broken.ifPresent(
          run -> out.println("Goes on with run " + run.id() + ", which was broken off."));
      int waiting = loaded.cells().size() - cells.size();
      out.println(
          loaded.cells().size()
              + (loaded.cells().size() == 1 ? " cell, about " : " cells, about ")
              + seconds(total)
              + " to go"
              + (waiting == 0 ? "." : ", without the " + waiting + " that wait for their model."));
      room(out, new SuiteNeed(toRun), ResourceCheck.downloads(onHub.values()));
      StorageNotes notes = new StorageNotes(StageRegistry.load());
      cells.forEach(
          cell -> notes.of(cell).forEach(note -> out.println(cell.name() + ": " + note + ".")));
      out.flush();
    }
    if (!force.isSet()) {
      SuiteReader.requireRoomForDownloads(onHub, capacity);
      ResourceCheck.require(new SuiteNeed(toRun), capacity.of(locations.artifacts()));
    }
    return ExitCode.SUCCESS;
  }

  private void room(PrintWriter out, SuiteNeed need, long downloads) {
    Capacity there = capacity.of(locations.artifacts());
    out.println(
        "Needs about %s of memory, %s available, and %s of disk, %s free%s."
            .formatted(
                ByteCount.of(need.memory()),
                ByteCount.of(there.memory()),
                ByteCount.of(need.disk()),
                ByteCount.of(there.disk()),
                downloads == 0 ? "" : ", besides downloads of " + ByteCount.of(downloads)));
    for (SuiteNeed.Shortage shortage : need.shortages(there)) {
      out.println("Would not fit: " + shortage.cell() + ": " + shortage.what() + ".");
    }
  }

  private static String memory(CellNeed need) {
    return need instanceof CellNeed.Known known
        ? ByteCount.of(known.memory().peak()) + ", " + known.memory().phase()
        : "unknown: " + ((CellNeed.Unknown) need).reason();
  }

  private static String disk(CellNeed need) {
    return need instanceof CellNeed.Known known ? ByteCount.of(known.disk().peak()) : "unknown";
  }

  private static String state(PlannedCell cell, Map<String, Status> results, SuiteReader reader) {
    Status status = results.get(cell.id());
    if (status != null) {
      return status == Status.SUCCEEDED ? "done" : "failed";
    } else if (cell.spec().recipe().stages().isEmpty()) {
      return "to measure";
    }
    return reader.compressed(cell) ? "to measure, artifact cached" : "to compress and measure";
  }

  private static String seconds(double seconds) {
    return seconds < 100
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : String.format(Locale.ROOT, "%.0f min", seconds / 60);
  }

  private static String basis(CellEstimate.Basis basis) {
    return switch (basis) {
      case EARLIER_RUN -> "an earlier run";
      case COMPUTED -> "its arithmetic, roughly";
    };
  }
}
