package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * Weights and activations of 8 bits, both on symmetric grids of 127 steps to either side.
 *
 * @param weights what shares a scale of the weights
 * @param activations what shares a scale of the inputs: a token, found as it comes; or all of them,
 *     found in calibration
 * @see <a href="https://arxiv.org/abs/2211.10438">Xiao et al. 2022, SmoothQuant</a>
 */
public record W8A8Parameters(
    @Default("channel") @Describe("a scale for each row of a weight, or one for all of it")
        Weights weights,
    @Default("token") @Describe("a scale for each token as it comes, or one from calibration")
        Activations activations)
    implements Stage {
  /** What shares a scale of a weight. */
  public enum Weights {
    /** A row. */
    CHANNEL,
    /** All of it. */
    TENSOR
  }

  /** What shares a scale of an input. */
  public enum Activations {
    /** A token, whose scale is found as it comes. */
    TOKEN,
    /** All tokens, by the greatest magnitude that calibration saw. */
    TENSOR
  }
}
