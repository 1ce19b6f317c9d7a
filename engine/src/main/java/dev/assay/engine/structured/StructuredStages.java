package dev.assay.engine.structured;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that leave a smaller dense model. */
public final class StructuredStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "drop-layers",
            "Drop the layers that change hidden states least (arXiv 2403.03853, 2403.17887)",
            DropLayersParameters.class,
            DropLayersMethod::new));
  }
}
