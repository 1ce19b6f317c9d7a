package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * GPTQ: columns are rounded one after the other, and the error of each is made up for by those not
 * yet rounded. Defaults are those of the authors' code.
 *
 * @param bits 1 to 8
 * @param groupSize consecutive columns that share scale and zero; -1 for the whole row
 * @param symmetric whether the zero point is the middle of the grid
 * @param actOrder whether columns are visited by falling diagonal of the Hessian
 * @param staticGroups whether every group's grid is fitted on the original weights in their
 *     original order
 * @param trueSequential whether the linears of a layer are compressed in order of execution, with
 *     statistics gathered anew after each
 * @param dampPercent share of the mean diagonal that is added to the Hessian's diagonal
 * @param blockSize columns a lazy update waits for
 * @param mse whether the grid is shrunk to the least error (norm 2.4, 80 steps of 1/100)
 * @param wholeSteps whether symmetric grids reach the greatest magnitude in whole steps, see {@link
 *     UniformGrid}
 * @see <a href="https://arxiv.org/abs/2210.17323">Frantar et al. 2022, GPTQ</a>
 */
public record GptqParameters(
    @Default("4") @Describe("bits a weight, 1 to 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("false") @Describe("fix the zero point at the middle of the grid") boolean symmetric,
    @Default("false") @Describe("visit columns by falling diagonal of the Hessian")
        boolean actOrder,
    @Default("false") @Describe("fit all grids on the original weights, before any update")
        boolean staticGroups,
    @Default("false") @Describe("gather statistics anew for each group of linears of a layer")
        boolean trueSequential,
    @Default("0.01") @Describe("damping as a share of the Hessian's mean diagonal")
        double dampPercent,
    @Default("128") @Describe("columns between two updates of the rest of the weight")
        int blockSize,
    @Default("false") @Describe("shrink each grid to the least error") boolean mse,
    @Default("false") @Describe("let symmetric grids reach the greatest magnitude in whole steps")
        boolean wholeSteps)
    implements Stage {
  public GptqParameters {
    Require.between("bits", bits, 1, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.within("dampPercent", dampPercent, 0, 1);
    Require.atLeast("blockSize", blockSize, 1);
    Require.that(!wholeSteps || symmetric, "wholeSteps", wholeSteps, "symmetric grids");
  }

  /** On the grids of the GPTQ code. */
  public GptqParameters(
      int bits,
      int groupSize,
      boolean symmetric,
      boolean actOrder,
      boolean staticGroups,
      boolean trueSequential,
      double dampPercent,
      int blockSize,
      boolean mse) {
    this(
        bits,
        groupSize,
        symmetric,
        actOrder,
        staticGroups,
        trueSequential,
        dampPercent,
        blockSize,
        mse,
        false);
  }

  /** The grid of each weight. */
  UniformGrid uniformGrid() {
    return new UniformGrid(bits, groupSize, symmetric, mse, wholeSteps);
  }
}
