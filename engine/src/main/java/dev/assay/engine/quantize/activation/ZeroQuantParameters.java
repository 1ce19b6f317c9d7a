package dev.assay.engine.quantize.activation;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.weight.GridForm;

/**
 * Weights in groups and inputs by token, on DeepSpeed's grids.
 *
 * @param bits bits of a weight
 * @param groupSize weights that share a scale, runs of the flattened matrix; −1 for a row
 * @param symmetric whether the grid of a group is the same on both sides of 0
 * @param inputBits bits of an input
 * @param symmetricInputs whether the grid of the inputs is
 * @param activations what shares a scale of the inputs
 * @see <a href="https://arxiv.org/abs/2206.01861">Yao et al. 2022, ZeroQuant</a>
 */
public record ZeroQuantParameters(
    @Default("8") @Describe("bits of a weight, 2 to 8") int bits,
    @Default("128")
        @Describe("weights that share a scale, runs that go on in the next row; -1 for a row")
        int groupSize,
    @Default("true") @Describe("whether weights' grids are the same on both sides of 0")
        boolean symmetric,
    @Default("8") @Describe("bits of an input, 2 to 8") int inputBits,
    @Default("false") @Describe("whether inputs' grids are the same on both sides of 0")
        boolean symmetricInputs,
    @Default("token")
        @Describe(
            "a scale for each token as it comes, or one from the running average of calibration's"
                + " ranges")
        Activations activations)
    implements Stage {
  public ZeroQuantParameters {
    Require.between("bits", bits, 2, Byte.SIZE);
    Require.between("inputBits", inputBits, 2, Byte.SIZE);
    Require.that(
        groupSize >= 1 || groupSize == GridForm.PER_CHANNEL,
        "groupSize",
        groupSize,
        "-1 or at least 1");
  }

  /** What shares a scale of an input. */
  public enum Activations {
    /** A token, whose scale is found as it comes. */
    TOKEN,
    /** All tokens. */
    TENSOR
  }
}
