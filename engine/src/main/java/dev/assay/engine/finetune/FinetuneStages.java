package dev.assay.engine.finetune;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that train. */
public final class FinetuneStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "finetune",
            "Train the model on a text or on answers, whole or by LoRA; zeros of pruning stay (arXiv 2106.09685)",
            FinetuneParameters.class,
            TrainingMethod::of),
        new StageType<>(
            "distill",
            "Train the model on what teachers make of a text or of answers (arXiv 1503.02531, 2306.13649)",
            DistillParameters.class,
            TrainingMethod::of),
        new StageType<>(
            "minillm",
            "Train the model by the policy gradient of what it writes, against a teacher (arXiv 2306.08543)",
            MiniLlmParameters.class,
            TrainingMethod::of));
  }
}
