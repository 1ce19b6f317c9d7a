package dev.assay.engine.learned;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * AdaRound: whether a weight is rounded up or down is learned, linear by linear, so that its output
 * changes least.
 *
 * @param bits 1 to 8
 * @param groupSize consecutive columns that share scale and zero; -1 for the whole row
 * @param symmetric whether the zero point is the middle of the grid
 * @param mse whether the grid is shrunk to the least error (norm 2.4, 80 steps of 1/100)
 * @param iterations steps for each linear
 * @param learningRate of Adam
 * @param regularization weight of what drives shares to 0 and 1
 * @param warmStart share of the steps before that
 * @param firstBeta its power at the beginning
 * @param lastBeta and at the end
 * @param batch tokens a step
 * @param seed of the draw of tokens
 * @see <a href="https://arxiv.org/abs/2004.10568">Nagel et al. 2020, AdaRound</a>
 */
public record AdaRoundParameters(
    @Default("4") @Describe("bits a weight, 1 to 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("false") @Describe("fix the zero point at the middle of the grid") boolean symmetric,
    @Default("false") @Describe("shrink each grid to the least error") boolean mse,
    @Default("1000") @Describe("steps for each linear") int iterations,
    @Default("0.01") @Describe("of Adam") double learningRate,
    @Default("0.01") @Describe("weight of what drives roundings to up or down")
        double regularization,
    @Default("0.2") @Describe("share of the steps before that") double warmStart,
    @Default("20") @Describe("its power at the beginning") double firstBeta,
    @Default("2") @Describe("its power at the end") double lastBeta,
    @Default("512") @Describe("tokens a step") int batch,
    @Default("42") @Describe("of the draw of tokens") long seed)
    implements Stage {
  public AdaRoundParameters {
    Require.between("bits", bits, 1, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.between("iterations", iterations, 1, 100_000);
    Require.that(
        learningRate > 0 && learningRate <= 1,
        "learningRate",
        learningRate,
        "above 0 and at most 1");
    Require.that(
        regularization >= 0 && Double.isFinite(regularization),
        "regularization",
        regularization,
        "at least 0");
    Require.that(warmStart >= 0 && warmStart < 1, "warmStart", warmStart, "from 0 to below 1");
    Require.that(lastBeta > 0, "lastBeta", lastBeta, "above 0");
    Require.that(
        firstBeta >= lastBeta && Double.isFinite(firstBeta),
        "firstBeta",
        firstBeta,
        "at least lastBeta");
    Require.atLeast("batch", batch, 1);
  }
}
