package dev.assay.engine.learned;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * AutoRound: what is added to weights before rounding is learned by signed gradients, so that a
 * layer's output changes least. Defaults are those of the authors' code.
 *
 * @param bits 2 to 8
 * @param groupSize consecutive columns that share scale and zero; -1 for the whole row
 * @param symmetric whether the zero point is the middle of the grid
 * @param iterations steps for each layer
 * @param learningRate of the first step, falling to 0; null for 1 / iterations
 * @param minMax whether the ranges of groups are learned too
 * @param batch sequences a step
 * @param seed of the draw of sequences
 * @see <a href="https://arxiv.org/abs/2309.05516">Cheng et al. 2023, SignRound</a>
 */
public record AutoRoundParameters(
    @Default("4") @Describe("bits a weight, 2 to 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("false") @Describe("fix the zero point at the middle of the grid") boolean symmetric,
    @Default("200") @Describe("steps for each layer") int iterations,
    @Describe("of the first step, falling to 0; where nobody says, 1 / iterations")
        @Nullable Double learningRate,
    @Default("true") @Describe("learn the ranges of groups too") boolean minMax,
    @Default("8") @Describe("sequences a step") int batch,
    @Default("42") @Describe("of the draw of sequences") long seed)
    implements Stage {
  public AutoRoundParameters {
    Require.between("bits", bits, 2, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.between("iterations", iterations, 1, 100_000);
    if (learningRate != null) {
      Require.that(
          learningRate > 0 && learningRate <= 1,
          "learningRate",
          learningRate,
          "above 0 and at most 1");
    }
    Require.atLeast("batch", batch, 1);
  }

  /** Learning rate of the first step. */
  double rate() {
    return learningRate == null ? 1.0 / iterations : learningRate;
  }
}
