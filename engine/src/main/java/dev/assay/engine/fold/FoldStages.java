package dev.assay.engine.fold;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that change weights and leave the function as it was. */
public final class FoldStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "rotate",
            "Rotate stream, heads and feed-forwards by Hadamard matrices (arXiv 2404.00456)",
            RotateParameters.class,
            RotateMethod::new));
  }
}
