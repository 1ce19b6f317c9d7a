package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The smallest weights go: of each linear, which is the baseline of Wanda, of each row, or of all
 * linears together.
 *
 * @param sparsity how many weights go
 * @param within what the weights are the smallest of
 * @param refit how the weights that stay are fitted to the outputs of all; null for not at all
 * @param owl how much more a layer gives the fewer of its weights stand out; null for all alike
 * @param sensitivity how much more a layer gives the less that costs the loss; null for all alike
 * @param of what a ratio is a share of
 * @see <a href="https://arxiv.org/abs/2306.11695">Sun et al. 2023, Wanda</a>
 */
public record MagnitudeParameters(
    @Default("0.5")
        @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n of every m stay)")
        Sparsity sparsity,
    @Default("linear") @Describe("of what the weights that go are the smallest") Within within,
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
  /** What weights are compared with. */
  public enum Within {
    /** Those of the same linear. */
    LINEAR,
    /** Those of the same row. */
    ROW,
    /** Those of all linears that the stage works on. */
    MODEL;

    /**
     * Makes sure that weights can be compared so.
     *
     * @throws dev.assay.engine.config.InvalidValueException if a pattern says it otherwise
     */
    void requireFits(Sparsity sparsity) {
      if (sparsity instanceof Sparsity.NofM) {
        Require.that(
            this == LINEAR,
            "within",
            name().toLowerCase(Locale.ROOT),
            "linear, as the pattern " + sparsity + " says which weights are compared");
      }
    }
  }

  /** The smallest of each linear, from all layers alike. */
  public MagnitudeParameters(Sparsity sparsity) {
    this(sparsity, Within.LINEAR, null);
  }

  /** With the weights that stay as they are. */
  public MagnitudeParameters(Sparsity sparsity, Within within, @Nullable OutlierBudgets owl) {
    this(sparsity, within, null, owl);
  }

  /** A share of the linears. */
  public MagnitudeParameters(
      Sparsity sparsity, Within within, @Nullable Refit refit, @Nullable OutlierBudgets owl) {
    this(sparsity, within, refit, owl, null, SparsityOf.LINEARS);
  }

  public MagnitudeParameters {
    of.requireFits(sparsity);
    within.requireFits(sparsity);
    LayerShares shares = new LayerShares(owl, sensitivity);
    shares.requireFits(sparsity);
    Require.that(
        within != Within.MODEL || !shares.areSaid(),
        owl != null ? "owl" : "sensitivity",
        "layers that give more than others",
        "no budgets where one threshold for the model says what each layer gives");
  }

  /** How layers share out what goes. */
  LayerShares shares() {
    return new LayerShares(owl, sensitivity);
  }

  /** The same with other weights that go, of the linears. */
  MagnitudeParameters with(Sparsity other) {
    return new MagnitudeParameters(other, within, refit, owl, sensitivity, SparsityOf.LINEARS);
  }
}
