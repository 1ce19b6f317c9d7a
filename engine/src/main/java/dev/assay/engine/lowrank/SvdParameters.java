package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * Each linear becomes the nearest product of two smaller ones.
 *
 * @param keep share of the linears' parameters that stays
 */
public record SvdParameters(
    @Default("0.8") @Describe("share of the parameters of the linears that stays") double keep)
    implements Stage {
  public SvdParameters {
    KeptShare.require(keep);
  }
}
