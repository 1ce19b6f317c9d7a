package dev.assay.engine.prune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * How much each layer gives by how many of its weights stand out, as OWL has it: scores are those
 * of Wanda, |w| · ‖x‖, in the model as it is; a weight stands out whose score is so many times the
 * layer's mean. Shares that stay lie within a band around the mean, in the order and at the
 * distances of the layers' shares of outliers.
 *
 * @param above how many times the mean score
 * @param spread half of the width of the band
 * @see <a href="https://arxiv.org/abs/2310.05175">Yin et al. 2023, OWL</a>
 */
public record OutlierBudgets(
    @Default("5") @Describe("times the layer's mean score above which a weight stands out")
        double above,
    @Default("0.08") @Describe("how far a layer's share may be from the mean of all")
        double spread) {
  public OutlierBudgets {
    Require.that(above > 0, "above", above, "a number above 0");
    Require.share("spread", spread);
  }

  /**
   * Makes sure that layers can give different shares.
   *
   * @throws dev.assay.engine.config.InvalidValueException if the pattern is the same for all
   */
  void requireFits(Sparsity sparsity) {
    Require.that(
        sparsity instanceof Sparsity.Unstructured,
        "owl",
        "a pattern " + sparsity,
        "a ratio, as a pattern takes the same share of every layer");
  }
}
