package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Smoothing of activations, which moves part of their outliers into the weights.
 *
 * @param alpha share of the range that moves: 0 leaves it to the activations, 1 to the weights
 * @see <a href="https://arxiv.org/abs/2211.10438">Xiao et al. 2022, SmoothQuant</a>
 */
public record SmoothQuantParameters(
    @Default("0.5") @Describe("how much of the range moves into the weights, 0 to 1") double alpha)
    implements Stage {
  public SmoothQuantParameters {
    Require.within("alpha", alpha, 0, 1);
  }
}
