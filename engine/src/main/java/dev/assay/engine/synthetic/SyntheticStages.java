package dev.assay.engine.synthetic;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stage that begins anew. */
public final class SyntheticStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "reinitialize",
            "Put a model of another shape and new weights in the model's place, to be trained",
            ReinitializeParameters.class,
            ReinitializeMethod::new));
  }
}
