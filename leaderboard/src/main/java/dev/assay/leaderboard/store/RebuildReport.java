package dev.assay.leaderboard.store;

import java.nio.file.Path;
import java.util.List;

/**
 * What a rebuild found.
 *
 * @param indexed number of result files that are now in the index
 * @param rejected files that are not, in the order of their paths
 */
public record RebuildReport(int indexed, List<Rejected> rejected) {
  /**
   * @param file the file
   * @param cause what is wrong with it, in words
   */
  public record Rejected(Path file, String cause) {}

  public RebuildReport {
    rejected = List.copyOf(rejected);
  }
}
