package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Result;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the cell that a cell's ratios are taken against. */
public final class Baselines {
  private Baselines() {}

  /**
   * The baseline of the cell's suite for the cell's model: of the same run if there is one, of the
   * same target if there is one, and else the one that finished last.
   */
  public static Optional<Result> find(Result cell, Collection<Result> among) {
    return among.stream()
        .filter(candidate -> candidate.cell().baseline())
        .filter(candidate -> candidate.cell().suite().equals(cell.cell().suite()))
        .filter(candidate -> candidate.cell().model().sha256().equals(cell.cell().model().sha256()))
        .max(
            Comparator.comparing((Result candidate) -> candidate.run().equals(cell.run()))
                .thenComparing(
                    candidate ->
                        candidate.cell().target().name().equals(cell.cell().target().name()))
                .thenComparing(Result::finishedAt));
  }
}
