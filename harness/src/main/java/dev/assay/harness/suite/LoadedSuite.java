package dev.assay.harness.suite;

import dev.assay.engine.hub.HubReference;
import dev.assay.engine.hub.HubSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A suite with all that it refers to.
 *
 * @param file its file
 * @param written what is written there
 * @param texts where the text files are that cells read, absolute, by the names that the suite has
 *     for them
 * @param cells the cells that the filters let through; of each model the baselines come first, then
 *     recipes in the suite's order, and targets in theirs
 */
public record LoadedSuite(
    Path file, WrittenSuite written, Map<String, Path> texts, List<CellSpec> cells) {
  public LoadedSuite {
    texts = Map.copyOf(texts);
    cells = List.copyOf(cells);
  }

  /** The suite without the cells. */
  public Suite suite() {
    return written.suite();
  }

  /** The models that have cells and are on the hub, by their names. */
  public Map<String, HubReference> onHub() {
    Map<String, HubReference> models = new LinkedHashMap<>();
    for (CellSpec cell : cells) {
      cell.model().onHub().ifPresent(reference -> models.put(cell.model().name(), reference));
    }
    return models;
  }

  /**
   * The same with the models of the hub where they were found; without the cells of those that were
   * not.
   *
   * @param found by the models' names
   */
  public LoadedSuite withHubModels(Map<String, HubSnapshot> found) {
    Map<String, HubReference> onHub = onHub();
    List<CellSpec> resolved = new ArrayList<>();
    for (CellSpec cell : cells) {
      HubSnapshot snapshot = found.get(cell.model().name());
      if (snapshot != null) {
        resolved.add(cell.with(snapshot));
      } else if (!onHub.containsKey(cell.model().name())) {
        resolved.add(cell);
      }
    }
    return new LoadedSuite(file, written, texts, resolved);
  }
}
