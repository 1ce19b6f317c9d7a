package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Measurement;

/** How a cell stands in a ranking. */
public sealed interface Standing {
  /**
   * A measured or computed figure with its rank.
   *
   * @param rank 1 for the best
   * @param tied whether another cell has the same rank
   * @param measurement the figure
   */
  record Ranked(int rank, boolean tied, Measurement measurement) implements Standing {}

  /**
   * A figure that is shown and never ranked.
   *
   * @param why what sets it aside
   * @param measurement the figure
   */
  record Unranked(Incomparability why, Measurement measurement) implements Standing {}

  /**
   * No figure.
   *
   * @param reason why, in words
   */
  record Absent(String reason) implements Standing {}
}
