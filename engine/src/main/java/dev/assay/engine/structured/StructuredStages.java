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
            "prune-heads",
            "Take heads out of attention, whole groups of them where they share keys (arXiv 2312.11983)",
            WidthParameters.class,
            WidthMethods::heads),
        new StageType<>(
            "prune-channels",
            "Take channels out of feed-forwards (arXiv 2312.11983)",
            WidthParameters.class,
            WidthMethods::channels),
        new StageType<>(
            "prune-width",
            "Take heads and channels out: Wanda-sp, magnitude-sp (arXiv 2312.11983)",
            WidthParameters.class,
            WidthMethods::both),
        new StageType<>(
            "flap",
            "Take out heads and channels whose inputs vary least, a bias for them (arXiv 2312.11983)",
            FlapParameters.class,
            WidthMethods::flap),
        new StageType<>(
            "llm-pruner",
            "Take out the heads and channels that the loss feels least (arXiv 2305.11627)",
            LlmPrunerParameters.class,
            WidthMethods::llmPruner),
        new StageType<>(
            "drop-layers",
            "Drop the layers that change hidden states least (arXiv 2403.03853, 2403.17887)",
            DropLayersParameters.class,
            DropLayersMethod::new),
        new StageType<>(
            "trim-vocabulary",
            "Take out the tokens that a text uses least, or all that a list does not name",
            TrimVocabularyParameters.class,
            TrimVocabularyMethod::new));
  }
}
