package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * AWQ: channels that matter for the activations are scaled up before rounding, then each group's
 * range is clipped. The grid is asymmetric. Defaults are those of the authors' code.
 *
 * @param bits 2, 3, 4 or 8
 * @param groupSize consecutive input columns that share scale and zero; -1 for the whole row
 * @param scaleSearch whether scales per input channel are searched
 * @param clipSearch whether the range of each group is searched
 * @param gridPoints candidates of either search
 * @param duoScaling whether scales also look at the weights' magnitude
 * @param racing whether scale ratios that are clearly behind are given up before all text is seen
 * @param maxShrink largest share by which the clip search shrinks a range
 * @param clipTokens calibration tokens that the clip search looks at
 * @see <a href="https://arxiv.org/abs/2306.00978">Lin et al. 2023, AWQ</a>
 */
public record AwqParameters(
    @Default("4") @Describe("bits a weight: 2, 3, 4 or 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("true") @Describe("search a scale per input channel") boolean scaleSearch,
    @Default("true") @Describe("search the range of each group") boolean clipSearch,
    @Default("20") @Describe("candidates of either search") int gridPoints,
    @Default("false") @Describe("let scales look at the weights' magnitude too") boolean duoScaling,
    @Default("true")
        @Describe("give up scale ratios that are clearly behind before all text is seen")
        boolean racing,
    @Default("0.5") @Describe("largest share by which a range is shrunk") double maxShrink,
    @Default("512") @Describe("calibration tokens that the clip search looks at") int clipTokens)
    implements Stage {
  public AwqParameters {
    Require.oneOf("bits", bits, 2, 3, 4, 8);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.atLeast("gridPoints", gridPoints, 1);
    Require.within("maxShrink", maxShrink, 0, 1);
    Require.atLeast("clipTokens", clipTokens, 1);
  }
}
