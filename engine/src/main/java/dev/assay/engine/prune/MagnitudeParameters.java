package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * The smallest weights of each linear go, by one threshold per linear; the baseline of Wanda.
 *
 * @param sparsity how many weights go
 * @see <a href="https://arxiv.org/abs/2306.11695">Sun et al. 2023, Wanda</a>
 */
public record MagnitudeParameters(
    @Default("0.5") @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n stay)")
        Sparsity sparsity)
    implements Stage {}
