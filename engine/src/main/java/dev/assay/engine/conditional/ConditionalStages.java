package dev.assay.engine.conditional;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages by which tokens go through less of a model. */
public final class ConditionalStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "experts-per-token",
            "Send each token through fewer of the experts that its router likes best",
            ExpertsPerTokenParameters.class,
            ExpertsPerTokenMethod::new),
        new StageType<>(
            "drop-experts",
            "Drop the experts that change outputs least, or are seldom chosen (arXiv 2402.14800)",
            DropExpertsParameters.class,
            DropExpertsMethod::new),
        new StageType<>(
            "skip-experts",
            "Skip an expert that the router likes far less than a token's first (arXiv 2402.14800)",
            SkipExpertsParameters.class,
            SkipExpertsMethod::new),
        new StageType<>(
            "early-exit",
            "Let tokens leave before the last layer once the head is sure of them",
            EarlyExitParameters.class,
            EarlyExitMethod::new));
  }
}
