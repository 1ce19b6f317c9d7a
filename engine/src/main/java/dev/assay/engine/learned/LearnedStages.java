package dev.assay.engine.learned;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that learn how weights are rounded or clipped. */
public final class LearnedStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "adaround",
            "Learn which weights to round up, linear by linear (arXiv 2004.10568)",
            AdaRoundParameters.class,
            AdaRoundMethod::new),
        new StageType<>(
            "autoround",
            "Learn rounding and ranges by signed gradients, layer by layer (arXiv 2309.05516)",
            AutoRoundParameters.class,
            AutoRoundMethod::new),
        new StageType<>(
            "block-qat",
            "Train weights with their scales and zeros, layer by layer (arXiv 2407.11062)",
            BlockQatParameters.class,
            BlockQatMethod::new),
        new StageType<>(
            "omniquant",
            "Learn how far to clip ranges, layer by layer (arXiv 2308.13137)",
            OmniQuantParameters.class,
            OmniQuantMethod::new));
  }
}
