package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * The weights go without which the loss would move least, by its expansion about the weights as
 * they are.
 *
 * @param sparsity how many weights go
 * @param within what the weights are the least of
 * @param order which term of the expansion says how far the loss moves
 * @see <a href="https://arxiv.org/abs/1906.10771">Molchanov et al. 2019</a>
 */
public record TaylorParameters(
    @Default("0.5")
        @Describe("weights that go: a ratio such as 0.5, or n:m such as 2:4 (n of every m stay)")
        Sparsity sparsity,
    @Default("linear") @Describe("of what the weights that go are the least")
        MagnitudeParameters.Within within,
    @Default("first") @Describe("|w g|, g the mean gradient, or w² mean(g²)") Order order)
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
  }
}
