package dev.assay.engine.prune.trained;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that prune what they train. */
public final class TrainedPruningStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "movement",
            "Prune weights while they are trained, by scores that are learned or by magnitude (arXiv 2005.07683)",
            MovementParameters.class,
            MovementMethod::new),
        new StageType<>(
            "lottery",
            "Train, prune the smallest weights, rewind those that are left, in rounds (arXiv 1803.03635, 1912.05671)",
            LotteryParameters.class,
            LotteryMethod::new));
  }
}
