package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Wanda: in each row the weights with the least magnitude times input norm go; nothing is updated.
 *
 * @param sparsity how many weights of each row go
 * @param refit how the weights that stay are fitted to the outputs of all; null for not at all
 * @param owl how much more a layer gives the fewer of its weights stand out; null for all alike
 * @param sensitivity how much more a layer gives the less that costs the loss; null for all alike
 * @param of what a ratio is a share of
 * @see <a href="https://arxiv.org/abs/2306.11695">Sun et al. 2023, Wanda</a>
 */
public record WandaParameters(
    @Default("0.5")
        @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n of every m stay)")
        Sparsity sparsity,
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
  /** From all layers alike. */
  public WandaParameters(Sparsity sparsity) {
    this(sparsity, null, null);
  }

  /** With the weights that stay as they are. */
  public WandaParameters(Sparsity sparsity, @Nullable OutlierBudgets owl) {
    this(sparsity, null, owl);
  }

  /** A share of the linears. */
  public WandaParameters(Sparsity sparsity, @Nullable Refit refit, @Nullable OutlierBudgets owl) {
    this(sparsity, refit, owl, null, SparsityOf.LINEARS);
  }

  public WandaParameters {
    of.requireFits(sparsity);
    new LayerShares(owl, sensitivity).requireFits(sparsity);
  }

  /** How layers share out what goes. */
  LayerShares shares() {
    return new LayerShares(owl, sensitivity);
  }
}
