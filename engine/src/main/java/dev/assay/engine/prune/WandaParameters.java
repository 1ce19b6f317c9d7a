package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * Wanda: in each row the weights with the least magnitude times input norm go; nothing is updated.
 *
 * @param sparsity how many weights of each row go
 * @see <a href="https://arxiv.org/abs/2306.11695">Sun et al. 2023, Wanda</a>
 */
public record WandaParameters(
    @Default("0.5") @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n stay)")
        Sparsity sparsity)
    implements Stage {}
