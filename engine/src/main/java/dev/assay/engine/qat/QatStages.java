package dev.assay.engine.qat;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that train what is rounded. */
public final class QatStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "qat",
            "Train linears that are rounded to a uniform grid (arXiv 1902.08153, 2305.17888, 2407.11062)",
            QatParameters.class,
            RoundedMethod::of),
        new StageType<>(
            "bitnet",
            "Train linears of three or two values, with inputs of 8 bits or as they are (arXiv 2402.17764, 2310.11453)",
            BitnetParameters.class,
            RoundedMethod::of),
        new StageType<>(
            "train-scales",
            "Train the scales of grids that linears are on, codes and zeros stay (arXiv 2407.11062, 2305.14152)",
            ScalesParameters.class,
            ScalesMethod::new),
        new StageType<>(
            "qlora",
            "Train products beside linears that are rounded and stay, merged in the end or not (arXiv 2305.14314)",
            QloraParameters.class,
            QloraMethod::new));
  }
}
