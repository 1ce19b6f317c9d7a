package dev.assay.engine.learned;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * The first phase of EfficientQAT: layer by layer, weights are trained with the scales and zeros of
 * their grids, so that the layer's output comes close to the one that it had in the model before.
 * Defaults are those of the authors' code.
 *
 * @param bits 2 to 8
 * @param groupSize consecutive columns that share scale and zero; -1 for the whole row
 * @param epochs how often a layer sees every sequence
 * @param batch sequences a step
 * @param weightRate learning rate of the weights at the beginning; 0 where they stay
 * @param gridRate the same of scales and zeros
 * @param floor share of the rates at the end of half a cosine
 * @param weightDecay of AdamW
 * @param heldOut how many of the last sequences are looked at and not learned from
 * @param patience how many epochs may leave these no better; 0 for all
 * @see <a href="https://arxiv.org/abs/2407.11062">Chen et al. 2024, EfficientQAT</a>
 */
public record BlockQatParameters(
    @Default("4") @Describe("bits a weight, 2 to 8") int bits,
    @Default("128") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("2") @Describe("how often a layer sees every sequence") int epochs,
    @Default("2") @Describe("sequences a step") int batch,
    @Default("1e-5") @Describe("of the weights, at the beginning; 0 where they stay")
        double weightRate,
    @Default("1e-4") @Describe("of scales and zeros, at the beginning; 0 where they stay")
        double gridRate,
    @Default("0.05") @Describe("share of both rates at the end of half a cosine") double floor,
    @Default("0") @Describe("of AdamW") double weightDecay,
    @Default("0") @Describe("how many of the last sequences are looked at, not learned from")
        int heldOut,
    @Default("0") @Describe("epochs that may leave those no better than the best before; 0 for all")
        int patience)
    implements Stage {
  public BlockQatParameters {
    Require.between("bits", bits, 2, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.between("epochs", epochs, 1, 10_000);
    Require.atLeast("batch", batch, 1);
    Require.within("weightRate", weightRate, 0, 1);
    Require.within("gridRate", gridRate, 0, 1);
    Require.that(
        weightRate > 0 || gridRate > 0,
        "weightRate",
        weightRate,
        "above 0 where gridRate is 0: nothing would be learned");
    Require.within("floor", floor, 0, 1);
    Require.within("weightDecay", weightDecay, 0, 1);
    Require.atLeast("heldOut", heldOut, 0);
    Require.atLeast("patience", patience, 0);
    Require.that(
        (heldOut == 0) == (patience == 0),
        "heldOut",
        heldOut,
        patience == 0
            ? "0 without patience: nothing would look at them"
            : "at least 1 with patience, which goes by them");
  }
}
