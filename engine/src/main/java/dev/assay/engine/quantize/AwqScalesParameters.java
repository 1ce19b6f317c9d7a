package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * AWQ's scales of input channels alone, for a stage after it that rounds.
 *
 * @param bits of the grid that the search rounds to: 2, 3, 4 or 8
 * @param groupSize consecutive input columns that share scale and zero; -1 for the whole row
 * @param gridPoints candidates of the search
 * @param duoScaling whether scales also look at the weights' magnitude
 * @see <a href="https://arxiv.org/abs/2306.00978">Lin et al. 2023, AWQ</a>
 */
public record AwqScalesParameters(
    @Default("4") @Describe("bits that the search rounds to: 2, 3, 4 or 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("20") @Describe("candidates of the search") int gridPoints,
    @Default("false") @Describe("let scales look at the weights' magnitude too") boolean duoScaling)
    implements Stage {
  public AwqScalesParameters {
    search(bits, groupSize, gridPoints, duoScaling);
  }

  /** The same as parameters of AWQ. */
  AwqParameters search() {
    return search(bits, groupSize, gridPoints, duoScaling);
  }

  private static AwqParameters search(int bits, int groupSize, int points, boolean duo) {
    return new AwqParameters(bits, groupSize, true, false, points, duo, true, 0.5, 512);
  }
}
