package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Rounding to nearest on a uniform grid, the baseline of the GPTQ paper.
 *
 * @param bits 1 to 8
 * @param groupSize consecutive input columns that share scale and zero; -1 for the whole row
 * @param symmetric whether the zero point is the middle of the grid
 * @param mse whether the grid is shrunk to the least error (norm 2.4, 80 steps of 1/100)
 * @param wholeSteps whether symmetric grids reach the greatest magnitude in whole steps, see {@link
 *     UniformGrid}
 * @see <a href="https://arxiv.org/abs/2210.17323">Frantar et al. 2022, GPTQ</a>
 */
public record RtnParameters(
    @Default("4") @Describe("bits a weight, 1 to 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("false") @Describe("fix the zero point at the middle of the grid") boolean symmetric,
    @Default("false") @Describe("shrink each grid to the least error") boolean mse,
    @Default("false") @Describe("let symmetric grids reach the greatest magnitude in whole steps")
        boolean wholeSteps)
    implements Stage {
  public RtnParameters {
    Require.between("bits", bits, 1, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.that(!wholeSteps || symmetric, "wholeSteps", wholeSteps, "symmetric grids");
  }

  /** On the grids of the GPTQ code. */
  public RtnParameters(int bits, int groupSize, boolean symmetric, boolean mse) {
    this(bits, groupSize, symmetric, mse, false);
  }

  /** The grid of each weight. */
  UniformGrid uniformGrid() {
    return new UniformGrid(bits, groupSize, symmetric, mse, wholeSteps);
  }
}
