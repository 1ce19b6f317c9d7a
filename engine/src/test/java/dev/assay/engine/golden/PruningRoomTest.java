package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.recipe.DroppedLayersCheck;
import dev.assay.engine.recipe.PlannedPruningCheck;
import dev.assay.engine.recipe.PrunedCheck;
import java.util.Map;

/** Pruning of single weights and of whole models, in several patterns. */
class PruningRoomTest extends GoldenRoomTest {
  PruningRoomTest() {
    super(
        "pruning",
        Map.of(
            "magnitude", new PrunedCheck(),
            "wanda", new PrunedCheck(),
            "sparsegpt", new PrunedCheck(),
            "owl", new PlannedPruningCheck(),
            "global_magnitude", new PlannedPruningCheck(),
            "depth_pruning", new DroppedLayersCheck()));
  }
}
