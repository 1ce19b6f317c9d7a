package dev.assay.harness.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.harness.run.journal.JournalEntry.Cell;
import dev.assay.harness.run.journal.JournalEntry.CellFinished;
import dev.assay.harness.run.journal.JournalEntry.Role;
import dev.assay.harness.run.journal.JournalEntry.RunFinished;
import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A run of suite {@code s} on the disk that nobody ran; the figures mean nothing.
 *
 * @param directory of the run
 * @param machine that it was run on
 */
record StoredRun(RunDirectory directory, String machine) {
  static final String MACHINE = "machine-a";

  private static final Instant AT = Instant.parse("2026-11-25T20:00:00Z");

  /** A run whose journal lists cells; they have no results yet. */
  static StoredRun of(Path runs, String id, String... cells) {
    return on(MACHINE, runs, id, cells);
  }

  /** The same on a machine. */
  static StoredRun on(String machine, Path runs, String id, String... cells) {
    StoredRun run = new StoredRun(new RunDirectory(runs.resolve(id)).create(), machine);
    List<Cell> listed =
        Arrays.stream(cells).map(cell -> new Cell(cell, "m/" + cell + "/t", Role.RUN)).toList();
    run.directory
        .journal()
        .append(new RunStarted(AT, id, "s", "suites/s.yaml", listed, "0.1.0", machine));
    for (String cell : cells) {
      run.directory.journal().append(new CellFinished(AT, cell, Status.SUCCEEDED));
    }
    run.directory.journal().append(new RunFinished(AT));
    return run;
  }

  /** Writes the result of a cell. */
  Path write(String cell) throws IOException {
    return write(cell, tree -> {});
  }

  /** Writes the result of a cell after an edit of its JSON. */
  Path write(String cell, Consumer<ObjectNode> edit) throws IOException {
    ResultJson json = new ResultJson();
    ObjectNode tree = json.mapper().valueToTree(result(cell));
    edit.accept(tree);
    return Files.writeString(
        directory.result(cell),
        json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(tree));
  }

  private Result result(String cell) {
    return new Result(
        Result.SCHEMA_VERSION,
        directory.id(),
        new CellDescription(
            cell,
            "s",
            new CellDescription.Model("m", "llama", "models/m", "0a".repeat(32), 7, null),
            new CellDescription.Recipe(cell, "One line.", List.of("rtn"), "bits: 4\n"),
            new CellDescription.Target("t", "none", "cpu", "float32", 2),
            17,
            false),
        new Identity(machine, "series-" + cell, "build"),
        Status.SUCCEEDED,
        null,
        AT,
        AT.plusSeconds(60),
        List.of(
            new Measurement(
                "perplexity",
                Protocol.of(Map.of("window", "64")),
                Provenance.MEASURED,
                9.0,
                "1",
                Direction.LOWER_IS_BETTER,
                null,
                null,
                List.of(8.0, 10.0),
                null)),
        null,
        null,
        List.of(),
        null,
        null,
        null,
        List.of(),
        List.of(),
        new Environment(
            new Environment.Cpu(
                "cpu", "vendor", "6", 2, 2, null, List.of(), null, List.of(), List.of(), null),
            new Environment.Memory(8, 4),
            "Linux",
            List.of(),
            new Environment.Jvm("17", "vendor", 1, List.of()),
            Map.of(),
            null,
            2,
            null,
            List.of()));
  }
}
