package dev.assay.engine.lowrank;

import dev.assay.engine.recipe.StageCatalog;
import dev.assay.engine.recipe.StageType;
import java.util.List;

/** The stages that make linears products of two smaller ones. */
public final class LowRankStages implements StageCatalog {
  @Override
  public List<StageType<?>> stages() {
    return List.of(
        new StageType<>(
            "asvd",
            "Factor linears, inputs counting by how large or how much felt they are (arXiv 2312.05821)",
            AsvdParameters.class,
            LowRankMethods::asvd),
        new StageType<>(
            "fwsvd",
            "Factor linears, outputs counting by what the loss feels (arXiv 2207.00112)",
            FwsvdParameters.class,
            LowRankMethods::fwsvd),
        new StageType<>(
            "eora",
            "Make up for rounding by products whose outputs are nearest (arXiv 2410.21271)",
            EoraParameters.class,
            CorrectionMethod::eora),
        new StageType<>(
            "loftq",
            "Round to NF4 and find products beside it, in turn (arXiv 2310.08659)",
            LoftqParameters.class,
            LoftqMethod::new),
        new StageType<>(
            "lqer",
            "Make up for rounding by the nearest products of a low rank (arXiv 2402.02446)",
            LqerParameters.class,
            CorrectionMethod::lqer),
        new StageType<>(
            "svd",
            "Factor linears into the nearest product of two smaller ones",
            SvdParameters.class,
            LowRankMethods::svd),
        new StageType<>(
            "svd-llm",
            "Factor linears so that their outputs are nearest (arXiv 2403.07378)",
            SvdLlmParameters.class,
            LowRankMethods::svdLlm));
  }
}
