package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.recipe.DroppedLayersCheck;
import dev.assay.engine.recipe.NarrowedModelCheck;
import dev.assay.engine.recipe.PlannedPruningCheck;
import dev.assay.engine.recipe.PrunedCheck;
import dev.assay.engine.structured.RecoveryCheck;
import java.util.Map;

/** Pruning of single weights and of whole models, in several patterns. */
class PruningRoomTest extends GoldenRoomTest {
  PruningRoomTest() {
    super(
        "pruning",
        Map.of(
            "flap", new NarrowedModelCheck(),
            "wanda_sp", new NarrowedModelCheck(),
            "magnitude_sp", new NarrowedModelCheck(),
            "least_squares_recovery", new RecoveryCheck(),
            "magnitude", new PrunedCheck(),
            "wanda", new PrunedCheck(),
            "sparsegpt", new PrunedCheck(),
            "owl", new PlannedPruningCheck(),
            "global_magnitude", new PlannedPruningCheck(),
            "depth_pruning", new DroppedLayersCheck()));
  }
}
