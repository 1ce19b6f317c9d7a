package dev.assay.engine.finetune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * What training is looked at with.
 *
 * @param split of the data set that is learned from; answers have none
 * @param windows the first so many of it; of answers so many examples, drawn by the seed, which are
 *     not learned from
 * @param every steps between looks
 * @param patience looks without a better loss after which training stops and takes the best
 *     parameters; 0 for never
 */
public record HeldOut(
    @Default("validation") @Describe("split of the data set that is learned from") String split,
    @Default("32") @Describe("the first so many windows of it; so many examples of answers")
        int windows,
    @Default("50") @Describe("steps between looks") int every,
    @Default("0") @Describe("looks without a better loss after which training stops; 0 for never")
        int patience) {
  public HeldOut {
    Require.atLeast("windows", windows, 1);
    Require.atLeast("every", every, 1);
    Require.atLeast("patience", patience, 0);
  }
}
