package dev.assay.harness.suite;

import java.nio.file.Path;
import java.util.List;

/**
 * A suite with all that it refers to.
 *
 * @param file its file
 * @param suite what is written there
 * @param cells the cells that the filters let through; of each model the baselines come first, then
 *     recipes in the suite's order, and targets in theirs
 */
public record LoadedSuite(Path file, Suite suite, List<CellSpec> cells) {
  public LoadedSuite {
    cells = List.copyOf(cells);
  }
}
