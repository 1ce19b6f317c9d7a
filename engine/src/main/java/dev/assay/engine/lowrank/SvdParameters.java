package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Each linear becomes the nearest product of two smaller ones.
 *
 * @param keep share that stays
 * @param of what {@code keep} is a share of
 * @param search how ranks are searched; null for the same share of all
 */
public record SvdParameters(
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
  public SvdParameters(double keep) {
    this(keep, KeepOf.LINEARS);
  }

  /** The same share of all. */
  public SvdParameters(double keep, KeepOf of) {
    this(keep, of, null);
  }

  public SvdParameters {
    Require.share("keep", keep);
    if (search != null) {
      search.requireFits(keep, of);
    }
  }
}
