package dev.assay.harness.run;

import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.worker.Progress;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.stats.DisturbedCount;

/** Something that those who watch a run may want to show. */
public sealed interface RunEvent {
  /**
   * The run begins, or goes on.
   *
   * @param run identifier of the run
   * @param suite name of the suite
   * @param cells cells of the suite
   * @param toRun cells that have no result yet
   * @param resumed whether a broken-off run goes on
   */
  record RunBegan(String run, String suite, int cells, int toRun, boolean resumed)
      implements RunEvent {}

  /**
   * A cell's result is there already.
   *
   * @param number of the cell, from 1
   */
  record CellSkipped(int number, PlannedCell cell) implements RunEvent {}

  /**
   * Work on a cell begins.
   *
   * @param number of the cell, from 1
   */
  record CellBegan(int number, PlannedCell cell) implements RunEvent {}

  /** A cell got on. */
  record CellProgressed(PlannedCell cell, Progress progress) implements RunEvent {}

  /**
   * A cell has its result.
   *
   * @param number of the cell, from 1
   */
  record CellEnded(int number, PlannedCell cell, Result result) implements RunEvent {}

  /**
   * Every cell has its result.
   *
   * @param disturbed what is disturbed in the results
   */
  record RunEnded(String run, int succeeded, int failed, DisturbedCount disturbed)
      implements RunEvent {}
}
