package dev.assay.engine.learned;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * OmniQuant's learnable weight clipping: how far the range of each group is clipped is learned, so
 * that a layer's output changes least. Defaults are those of the authors' code.
 *
 * @param bits 2 to 8
 * @param groupSize consecutive columns that share scale and zero; -1 for the whole row
 * @param symmetric whether the zero point is the middle of the grid
 * @param epochs how often a layer sees every sequence
 * @param learningRate of AdamW
 * @param weightDecay of AdamW
 * @param batch sequences a step
 * @see <a href="https://arxiv.org/abs/2308.13137">Shao et al. 2024, OmniQuant</a>
 */
public record OmniQuantParameters(
    @Default("4") @Describe("bits a weight, 2 to 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("false") @Describe("fix the zero point at the middle of the grid") boolean symmetric,
    @Default("20") @Describe("how often a layer sees every sequence") int epochs,
    @Default("0.01") @Describe("of AdamW") double learningRate,
    @Default("0") @Describe("of AdamW") double weightDecay,
    @Default("1") @Describe("sequences a step") int batch)
    implements Stage {
  public OmniQuantParameters {
    Require.between("bits", bits, 2, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.between("epochs", epochs, 1, 10_000);
    Require.that(
        learningRate > 0 && learningRate <= 1,
        "learningRate",
        learningRate,
        "above 0 and at most 1");
    Require.within("weightDecay", weightDecay, 0, 1);
    Require.atLeast("batch", batch, 1);
  }
}
