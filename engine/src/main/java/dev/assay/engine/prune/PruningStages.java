package dev.assay.engine.prune;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that set weights to zero, and that store what is left. */
public final class PruningStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "magnitude",
            "Prune the smallest weights of each linear, each row or the model",
            MagnitudeParameters.class,
            MagnitudeMethod::of),
        new StageType<>(
            "ria",
            "Prune by shares of rows and columns and input norm (openreview.net Tr0lPx9woF)",
            RiaParameters.class,
            RiaMethod::of),
        new StageType<>(
            "sparse",
            "Store what pruning left without the zeros: 2:4, bitmask or CSR",
            SparseParameters.class,
            SparseMethod::new),
        new StageType<>(
            "sparsegpt",
            "Prune, and optionally quantize, making up for the error (arXiv 2301.00774)",
            SparseGptParameters.class,
            SparseGptMethod::of),
        new StageType<>(
            "taylor",
            "Prune what the loss moves least without, by its gradients (arXiv 1906.10771)",
            TaylorParameters.class,
            TaylorMethod::new),
        new StageType<>(
            "wanda",
            "Prune by magnitude times input norm, row by row (arXiv 2306.11695)",
            WandaParameters.class,
            WandaMethod::of));
  }
}
