package dev.assay.engine.lowrank;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * SVD-LLM: the product of two smaller linears whose outputs are nearest on calibration, by the
 * inputs of the uncompressed model. The left factors are not fitted anew.
 *
 * @param keep share of the linears' parameters that stays
 * @see <a href="https://arxiv.org/abs/2403.07378">Wang et al. 2024, SVD-LLM</a>
 */
public record SvdLlmParameters(
    @Default("0.8") @Describe("share of the parameters of the linears that stays") double keep)
    implements Stage {
  public SvdLlmParameters {
    KeptShare.require(keep);
  }
}
