package dev.assay.harness.run;

import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.harness.run.machine.Machine;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.worker.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the cells of a run have in common.
 *
 * @param run where results and logs go
 * @param machine the machine
 * @param artifacts directory of the cache of artifacts
 * @param datasets directories in which data sets are looked for first
 * @param texts where the text files are that cells read, by the names that the suite has for them
 * @param listener hears of progress
 */
record CellContext(
    RunDirectory run,
    Machine machine,
    Path artifacts,
    List<Path> datasets,
    Map<String, Path> texts,
    RunListener listener) {
  CellContext {
    datasets = List.copyOf(datasets);
    texts = Map.copyOf(texts);
  }

  void progress(PlannedCell cell, String stage) {
    listener.on(new RunEvent.CellProgressed(cell, Progress.begun(stage)));
  }
}
