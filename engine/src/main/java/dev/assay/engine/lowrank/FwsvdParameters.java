package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * FWSVD: the nearest product where outputs count by how much the loss feels them, the root of the
 * sum of the Fisher information of a row. Gradients are those of the uncompressed model.
 *
 * @param keep share of the linears' parameters that stays
 * @see <a href="https://arxiv.org/abs/2207.00112">Hsu et al. 2022, FWSVD</a>
 */
public record FwsvdParameters(
    @Default("0.8") @Describe("share of the parameters of the linears that stays") double keep)
    implements Stage {
  public FwsvdParameters {
    KeptShare.require(keep);
  }
}
