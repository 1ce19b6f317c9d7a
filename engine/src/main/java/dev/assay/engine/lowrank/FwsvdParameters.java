package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * FWSVD: the nearest product where outputs count by how much the loss feels them, the root of the
 * sum of the Fisher information of a row. Gradients are those of the uncompressed model.
 *
 * @param keep share that stays
 * @param of what {@code keep} is a share of
 * @param search how ranks are searched; null for the same share of all
 * @see <a href="https://arxiv.org/abs/2207.00112">Hsu et al. 2022, FWSVD</a>
 */
public record FwsvdParameters(
    @Default("0.8") @Describe("share that stays") double keep,
    @Default("linears")
        @Describe(
            "what keep is a share of: the parameters of the linears, each one's singular values, or"
                + " all parameters of the model")
        KeepOf of,
    @Describe("ranks by what each linear costs the loss, in place of one share for all")
        @Nullable RankSearch search)
    implements Stage {
  /** A share of the linears' parameters. */
  public FwsvdParameters(double keep) {
    this(keep, KeepOf.LINEARS, null);
  }

  public FwsvdParameters {
    Require.share("keep", keep);
    if (search != null) {
      search.requireFits(keep, of);
    }
  }
}
