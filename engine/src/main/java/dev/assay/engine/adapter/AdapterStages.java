package dev.assay.engine.adapter;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stage that takes up an adapter. */
public final class AdapterStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "lora",
            "Fold a LoRA adapter into the weights, or keep it beside them (arXiv 2106.09685)",
            LoraParameters.class,
            LoraMethod::new));
  }
}
