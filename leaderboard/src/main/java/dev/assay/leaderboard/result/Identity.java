package dev.assay.leaderboard.result;

/**
 * What a result is known by beside its cell's id.
 *
 * @param machine hash of the machine's hardware, see {@link MachineId}; the same cell on another
 *     machine is another result
 * @param series hash of what was asked for, without build and machine; joins the nights of a
 *     history
 * @param build the build that took the figures
 */
public record Identity(String machine, String series, String build) {
  public Identity {
    Require.name("machine", machine);
    Require.name("series", series);
    Require.name("build", build);
  }
}
