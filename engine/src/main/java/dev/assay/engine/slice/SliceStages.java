package dev.assay.engine.slice;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that make the residual stream narrower. */
public final class SliceStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "slicegpt",
            "Turn the residual stream to its principal components and cut it (arXiv 2401.15024)",
            SliceGptParameters.class,
            SliceGptMethod::new),
        new StageType<>(
            "prune-hidden",
            "Keep some channels of the residual stream, the same in all layers (arXiv 2407.14679)",
            PruneHiddenParameters.class,
            PruneHiddenMethod::new));
  }
}
