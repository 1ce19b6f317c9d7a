package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Smoothing of activations, which moves part of their outliers into the weights.
 *
 * @param alpha share of the range that moves: 0 leaves it to the activations, 1 to the weights
 * @param search whether the share of each norm is the one under which the linears that read it
 *     change their output least when both sides are rounded to 8 bits; moving nothing is a
 *     candidate too
 * @param gridPoints steps of the search from 0 to 1
 * @see <a href="https://arxiv.org/abs/2211.10438">Xiao et al. 2022, SmoothQuant</a>
 */
public record SmoothQuantParameters(
    @Default("0.5") @Describe("how much of the range moves into the weights, 0 to 1") double alpha,
    @Default("false") @Describe("search the share for each norm, in place of alpha") boolean search,
    @Default("20") @Describe("steps of the search from 0 to 1") int gridPoints)
    implements Stage {
  public SmoothQuantParameters {
    Require.within("alpha", alpha, 0, 1);
    Require.atLeast("gridPoints", gridPoints, 1);
  }

  /** One share for all norms. */
  public SmoothQuantParameters(double alpha) {
    this(alpha, false, 20);
  }
}
