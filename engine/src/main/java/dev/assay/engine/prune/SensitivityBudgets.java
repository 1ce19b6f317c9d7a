package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * How much each layer gives by what that costs the model's loss: every layer alone is pruned by the
 * method itself at the recipe's sparsity and at {@code spread} below and above it, and the weights
 * go where the loss rises least for each of them. What all layers give together is what the recipe
 * says.
 *
 * @param spread how far a layer's share may be from that of all
 * @param samples how many calibration samples are looked at, the first
 */
public record SensitivityBudgets(
    @Default("0.1") @Describe("how far a layer's share may be from that of all; 0 for all alike")
        double spread,
    @Default("8") @Describe("calibration samples that are looked at, the first") int samples) {
  public SensitivityBudgets {
    Require.that(spread >= 0 && spread < 1, "spread", spread, "a number from 0 and below 1");
    Require.atLeast("samples", samples, 1);
  }

  /**
   * Makes sure that layers can give different shares.
   *
   * @throws dev.assay.engine.config.InvalidValueException if the pattern is the same for all
   */
  void requireFits(Sparsity sparsity) {
    Require.that(
        sparsity instanceof Sparsity.Unstructured,
        "sensitivity",
        "a pattern " + sparsity,
        "a ratio, as a pattern takes the same share of every layer");
  }
}
