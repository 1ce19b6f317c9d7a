package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * RIA: the weights go that are the least share of their row and of their column, times a power of
 * the norm of their input; nothing is updated. Defaults are the paper's.
 *
 * @param sparsity how many weights of each linear go
 * @param a power of the norm of an input
 * @param refit how the weights that stay are fitted to the outputs of all; null for not at all
 * @param owl how much more a layer gives the fewer of its weights stand out; null for all alike
 * @param sensitivity how much more a layer gives the less that costs the loss; null for all alike
 * @param of what a ratio is a share of
 * @see <a href="https://openreview.net/forum?id=Tr0lPx9woF">Zhang et al. 2024, RIA</a>
 */
public record RiaParameters(
    @Default("0.5")
        @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n of every m stay)")
        Sparsity sparsity,
    @Default("0.5") @Describe("power of the norm of an input that its weights count by") double a,
    @Describe("how the weights that stay make up for those that go: least-squares, row by row")
        @Nullable Refit refit,
    @Describe("more from layers in which fewer weights stand out (arXiv 2310.05175)")
        @Nullable OutlierBudgets owl,
    @Describe("more from layers that cost the loss less, each tried alone")
        @Nullable SensitivityBudgets sensitivity,
    @Default("linears")
        @Describe("what a ratio is a share of: the weights of the linears, or the whole model's")
        SparsityOf of)
    implements Stage {
  /** With the paper's power, from all layers alike, of the linears. */
  public RiaParameters(Sparsity sparsity) {
    this(sparsity, 0.5, null, null, null, SparsityOf.LINEARS);
  }

  public RiaParameters {
    of.requireFits(sparsity);
    Require.within("a", a, 0, 2);
    new LayerShares(owl, sensitivity).requireFits(sparsity);
  }

  /** How layers share out what goes. */
  LayerShares shares() {
    return new LayerShares(owl, sensitivity);
  }
}
