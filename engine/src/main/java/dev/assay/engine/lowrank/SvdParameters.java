package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Each linear becomes the nearest product of two smaller ones.
 *
 * @param keep share that stays
 * @param of what {@code keep} is a share of
 */
public record SvdParameters(
    @Default("0.8") @Describe("share that stays") double keep,
    @Default("linears")
        @Describe(
            "what keep is a share of: the parameters of the linears, each one's singular values, or"
                + " all parameters of the model")
        KeepOf of)
    implements Stage {
  /** A share of the linears' parameters. */
  public SvdParameters(double keep) {
    this(keep, KeepOf.LINEARS);
  }

  public SvdParameters {
    Require.share("keep", keep);
  }
}
