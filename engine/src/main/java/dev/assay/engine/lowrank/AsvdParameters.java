package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * ASVD: the nearest product where inputs count by how large they are. Ranks are the same share for
 * all linears; the paper's search for them is not there yet.
 *
 * @param keep share of the linears' parameters that stays
 * @param alpha power of the statistic
 * @param statistic what tells how large an input is
 * @param rankMultiple ranks are multiples of it, rounded up
 * @see <a href="https://arxiv.org/abs/2312.05821">Yuan et al. 2023, ASVD</a>
 */
public record AsvdParameters(
    @Default("0.8") @Describe("share of the parameters of the linears that stays") double keep,
    @Default("0.5") @Describe("power of the statistic of inputs that they count by") double alpha,
    @Default("mean") @Describe("the inputs' mean magnitude, or their greatest")
        Magnitudes statistic,
    @Default("1") @Describe("ranks are rounded up to a multiple of it") int rankMultiple)
    implements Stage {
  /** What tells how large an input is. */
  public enum Magnitudes {
    /** Over tokens. */
    MEAN,
    /** Over tokens. */
    GREATEST
  }

  public AsvdParameters {
    KeptShare.require(keep);
    Require.within("alpha", alpha, 0, 2);
    Require.atLeast("rankMultiple", rankMultiple, 1);
  }
}
