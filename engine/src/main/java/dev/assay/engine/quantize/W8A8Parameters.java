package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.weight.IntegerRule;

/**
 * Weights and activations of 8 bits; the weights on symmetric grids.
 *
 * @param weights what shares a scale of the weights
 * @param activations what shares a scale of the inputs: a token, found as it comes; or all of them,
 *     found in calibration
 * @param symmetric whether the grid of the inputs is the same on both sides of 0
 * @param rule whose convention the grids follow
 * @see <a href="https://arxiv.org/abs/2211.10438">Xiao et al. 2022, SmoothQuant</a>
 */
public record W8A8Parameters(
    @Default("channel") @Describe("a scale for each row of a weight, or one for all of it")
        Weights weights,
    @Default("token") @Describe("a scale for each token as it comes, or one from calibration")
        Activations activations,
    @Default("true") @Describe("whether the inputs' grid is the same on both sides of 0")
        boolean symmetric,
    @Default("smoothquant")
        @Describe("whose grids: the greatest magnitude is 127 steps away, or 127.5")
        Rule rule)
    implements Stage {
  /** Whose grids they are. */
  public enum Rule {
    /** Of 127 steps to either side. */
    SMOOTHQUANT(IntegerRule.SMOOTHQUANT),
    /** Of 127.5 steps, which compressed-tensors reads. */
    COMPRESSED_TENSORS(IntegerRule.COMPRESSED_TENSORS),
    /** The same, rounded by reciprocals. */
    TORCHAO(IntegerRule.TORCHAO);

    private final IntegerRule grids;

    Rule(IntegerRule grids) {
      this.grids = grids;
    }

    /** The convention. */
    IntegerRule grids() {
      return grids;
    }
  }

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
