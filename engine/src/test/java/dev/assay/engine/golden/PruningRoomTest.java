package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.prune.RiaCheck;
import dev.assay.engine.recipe.DroppedLayersCheck;
import dev.assay.engine.recipe.LlmPrunerCheck;
import dev.assay.engine.recipe.NarrowedModelCheck;
import dev.assay.engine.recipe.PlannedPruningCheck;
import dev.assay.engine.recipe.PrunedCheck;
import dev.assay.engine.slice.SlicedCheck;
import dev.assay.engine.structured.RecoveryCheck;
import dev.assay.engine.train.MovementCheck;
import dev.assay.engine.train.TicketCheck;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Pruning of single weights and of whole models, in several patterns. */
@Tag("slow")
class PruningRoomTest extends GoldenRoomTest {
  PruningRoomTest() {
    super(
        "pruning",
        Map.ofEntries(
            Map.entry("flap", new NarrowedModelCheck()),
            Map.entry("wanda_sp", new NarrowedModelCheck()),
            Map.entry("magnitude_sp", new NarrowedModelCheck()),
            Map.entry("least_squares_recovery", new RecoveryCheck()),
            Map.entry("magnitude", new PrunedCheck()),
            Map.entry("wanda", new PrunedCheck()),
            Map.entry("sparsegpt", new PrunedCheck()),
            Map.entry("ria", new RiaCheck()),
            Map.entry("owl", new PlannedPruningCheck()),
            Map.entry("global_magnitude", new PlannedPruningCheck()),
            Map.entry("depth_pruning", new DroppedLayersCheck()),
            Map.entry("movement_pruning", new MovementCheck()),
            Map.entry("iterative_magnitude", new TicketCheck()),
            Map.entry("llm_pruner", new LlmPrunerCheck()),
            Map.entry("slicegpt", new SlicedCheck())));
  }
}
