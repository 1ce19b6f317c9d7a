package dev.assay.engine.cache;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that keep keys and values in fewer bits. */
public final class CacheStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "kivi",
            "Keep keys by channel and values by token in few bits, the newest in full (arXiv"
                + " 2402.02750)",
            KiviParameters.class,
            parameters -> new CacheMethod(parameters.scheme())),
        new StageType<>(
            "kv-cache",
            "Keep keys and values in 8 bits or fewer, a grid for each token and head (arXiv"
                + " 2405.04532)",
            KvCacheParameters.class,
            parameters -> new CacheMethod(parameters.scheme())),
        new StageType<>(
            "kv-static",
            "Keep keys and values in 8 bits or fewer, on grids from calibration",
            StaticParameters.class,
            StaticMethod::new),
        new StageType<>(
            "kv-quarot",
            "Turn keys within each head, and keep keys and values in 8 bits or fewer (arXiv"
                + " 2404.00456)",
            QuarotParameters.class,
            parameters -> new CacheMethod(parameters.scheme())),
        new StageType<>(
            "kvquant",
            "Keep keys by channel before they turn, values by token, by codebooks, outliers apart"
                + " (arXiv 2401.18079)",
            KvQuantParameters.class,
            KvQuantMethod::new));
  }
}
