package dev.assay.harness.run;

import dev.assay.harness.run.journal.ReportsDirectory;
import java.nio.file.Path;
import java.util.List;

/**
 * How a suite is run.
 *
 * @param reports where runs, the index and the site are
 * @param artifacts directory of the cache of artifacts
 * @param datasets directories in which data sets are looked for first
 * @param cells only cells with one of these ids, or whose name one of these globs matches; all if
 *     empty
 * @param fresh begin a new run even if the last one was broken off
 * @param reuse let results of earlier runs stand for cells that succeeded there
 */
public record RunOptions(
    ReportsDirectory reports,
    Path artifacts,
    List<Path> datasets,
    List<String> cells,
    boolean fresh,
    boolean reuse) {
  public RunOptions {
    datasets = List.copyOf(datasets);
    cells = List.copyOf(cells);
  }
}
