package dev.assay.engine.quantize.activation;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Weights of 4 bits and inputs of 8.
 *
 * @param weights whose grids weights are on; inputs are rounded as the same code does
 * @param groupSize columns that share a grid
 * @see <a href="https://arxiv.org/abs/2405.04532">Lin et al. 2024, QServe</a>
 */
public record W4A8Parameters(
    @Default("post-scale")
        @Describe(
            "grids in groups as torchao has them: symmetric, symmetric-no-clipping, asymmetric; or"
                + " as QServe: groups within 8 bits (pre-scale, post-scale), or a grid a row"
                + " (channel)")
        Weights weights,
    @Default("128") @Describe("columns that share a grid, where rows do not") int groupSize)
    implements Stage {
  public W4A8Parameters {
    Require.atLeast("groupSize", groupSize, 1);
  }

  /** Grids of the weights. */
  public enum Weights {
    /** Torchao's: the greatest magnitude is 7.5 steps away. */
    SYMMETRIC,
    /** Torchao's: the least value is 8 steps away, or the greatest 7, so that none is cut off. */
    SYMMETRIC_NO_CLIPPING,
    /** Torchao's: from the least to the greatest value, 0 included. */
    ASYMMETRIC,
    /** QServe's two levels, the zero taken off before the second level's scale is applied. */
    PRE_SCALE,
    /** QServe's two levels, the zero taken off after. */
    POST_SCALE,
    /** QServe's without groups. */
    CHANNEL;

    boolean torchao() {
      return this == SYMMETRIC || this == SYMMETRIC_NO_CLIPPING || this == ASYMMETRIC;
    }

    boolean twoLevels() {
      return this == PRE_SCALE || this == POST_SCALE;
    }
  }
}
