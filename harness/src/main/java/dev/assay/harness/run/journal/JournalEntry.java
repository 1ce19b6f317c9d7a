package dev.assay.harness.run.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.assay.leaderboard.result.Status;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that happened in a run; one line of its journal. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JournalEntry.RunStarted.class, name = "runStarted"),
  @JsonSubTypes.Type(value = JournalEntry.RunResumed.class, name = "runResumed"),
  @JsonSubTypes.Type(value = JournalEntry.CellStarted.class, name = "cellStarted"),
  @JsonSubTypes.Type(value = JournalEntry.CellFinished.class, name = "cellFinished"),
  @JsonSubTypes.Type(value = JournalEntry.RunFinished.class, name = "runFinished"),
})
public sealed interface JournalEntry {
  /** When it happened. */
  Instant at();

  /**
   * The first line.
   *
   * @param run identifier of the run
   * @param suite name of the suite
   * @param suiteFile its file as it was given
   * @param cells all cells of the suite
   * @param version version of Assay
   * @param machine hash of the machine's hardware; absent in runs of an older build
   */
  record RunStarted(
      Instant at,
      String run,
      String suite,
      String suiteFile,
      List<Cell> cells,
      String version,
      @Nullable String machine)
      implements JournalEntry {
    public RunStarted {
      cells = List.copyOf(cells);
    }
  }

  /**
   * A run that had been broken off goes on.
   *
   * @param cells all cells of the suite, which may have changed meanwhile
   */
  record RunResumed(Instant at, List<Cell> cells) implements JournalEntry {
    public RunResumed {
      cells = List.copyOf(cells);
    }
  }

  /**
   * Work on a cell began.
   *
   * @param cell identifier of the cell
   */
  record CellStarted(Instant at, String cell) implements JournalEntry {}

  /**
   * The result of a cell is on the disk.
   *
   * @param cell identifier of the cell
   * @param status how it ended
   */
  record CellFinished(Instant at, String cell, Status status) implements JournalEntry {}

  /** Every cell has its result. */
  record RunFinished(Instant at) implements JournalEntry {}

  /**
   * A cell of the suite.
   *
   * @param id identifier
   * @param name model, recipe and target
   * @param role what the run does with it
   */
  record Cell(String id, String name, Role role) {}

  /** What a run does with a cell. */
  enum Role {
    /** It is run. */
    RUN,
    /** The result of an earlier run stands for it. */
    REUSED,
    /** It was not asked for. */
    LEFT_OUT
  }
}
