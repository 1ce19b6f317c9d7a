package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The weights go without which the loss would move least, by its expansion about the weights as
 * they are.
 *
 * @param sparsity how many weights go
 * @param within what the weights are the least of
 * @param order which term of the expansion says how far the loss moves
 * @param of what a ratio is a share of; null for the linears
 * @param refit how the weights that stay make up for the others; null where they keep their values
 * @param owl how much more a layer gives the fewer of its weights stand out; null for all alike
 * @see <a href="https://arxiv.org/abs/1906.10771">Molchanov et al. 2019</a>
 */
public record TaylorParameters(
    @Default("0.5")
        @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n of every m stay)")
        Sparsity sparsity,
    @Default("linear") @Describe("of what the weights that go are the least")
        MagnitudeParameters.Within within,
    @Default("first") @Describe("|w g|, g the mean gradient, or w² mean(g²)") Order order,
    @Describe("what a ratio is a share of: the linears' weights, if left out, or the model's")
        @Nullable SparsityOf of,
    @Describe("fit the weights that stay to outputs on calibration inputs; not at all if left out")
        @Nullable Refit refit,
    @Describe("more from layers in which fewer weights stand out (arXiv 2310.05175)")
        @Nullable OutlierBudgets owl)
    implements Stage {
  /** Which term. */
  public enum Order {
    /** |w · ḡ|, ḡ the mean of the samples' gradients. */
    FIRST,
    /** w² · mean of g², the diagonal of the Fisher information in the place of the Hessian's. */
    SECOND
  }

  public TaylorParameters {
    within.requireFits(sparsity);
    if (of != null) {
      of.requireFits(sparsity);
    }
    if (owl != null) {
      owl.requireFits(sparsity);
      Require.that(
          within != MagnitudeParameters.Within.MODEL,
          "owl",
          "budgets of layers beside within: model",
          "one of the two, as each says what every layer gives");
    }
  }

  /** From all layers alike. */
  public TaylorParameters(
      Sparsity sparsity,
      MagnitudeParameters.Within within,
      Order order,
      @Nullable SparsityOf of,
      @Nullable Refit refit) {
    this(sparsity, within, order, of, refit, null);
  }

  /** Of the linears' weights, those that stay keeping their values. */
  public TaylorParameters(Sparsity sparsity, MagnitudeParameters.Within within, Order order) {
    this(sparsity, within, order, null, null);
  }
}
