package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Rounding of what linears read, token by token, and of no weight.
 *
 * @param bits 2 to 16
 * @param symmetric whether 0 is the middle of each grid
 * @param clip share of a token's range that the grid covers
 * @param groupSize consecutive features that share a grid; -1 for all of a token
 * @see <a href="https://arxiv.org/abs/2404.00456">Ashkboos et al. 2024, QuaRot</a>
 */
public record RoundInputsParameters(
    @Default("4") @Describe("bits a value, 2 to 16") int bits,
    @Default("true") @Describe("fix the zero point at the middle of the grid") boolean symmetric,
    @Default("0.9") @Describe("share of a token's range that the grid covers") double clip,
    @Default("-1") @Describe("features that share a grid; -1 for all of a token") int groupSize)
    implements Stage {
  public RoundInputsParameters {
    Require.between("bits", bits, 2, 16);
    Require.that(clip > 0 && clip <= 1, "clip", clip, "above 0 and at most 1");
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
  }
}
