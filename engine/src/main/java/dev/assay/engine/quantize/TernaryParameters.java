package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * A magnitude, its negative, and 0.
 *
 * @param rule which weights become 0, and what the magnitude is
 * @param share what shares a magnitude
 */
public record TernaryParameters(
    @Default("absmean") @Describe("which weights become 0") Rule rule,
    @Default("tensor") @Describe("one magnitude for a weight, or one for each row") Share share)
    implements Stage {
  /** Which weights become 0, and what the magnitude is. */
  public enum Rule {
    /**
     * The nearest of three, times the mean magnitude.
     *
     * @see <a href="https://arxiv.org/abs/2402.17764">Ma et al. 2024, BitNet b1.58</a>
     */
    ABSMEAN,
    /**
     * Those up to 0.7 of the mean magnitude; the magnitude is the mean of the others.
     *
     * @see <a href="https://arxiv.org/abs/1605.04711">Li et al. 2016, ternary weight networks</a>
     */
    THRESHOLD
  }

  /** What shares a magnitude. */
  public enum Share {
    /** A linear's whole weight. */
    TENSOR,
    /** A row of it. */
    ROW
  }
}
