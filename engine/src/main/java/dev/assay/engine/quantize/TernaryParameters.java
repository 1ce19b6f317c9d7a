package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * A magnitude, its negative, and 0.
 *
 * @param rule which weights become 0, and what the magnitude is
 * @param share what shares a magnitude
 * @param layout how the three values are stored
 */
public record TernaryParameters(
    @Default("absmean") @Describe("which weights become 0") Rule rule,
    @Default("tensor") @Describe("one magnitude for a weight, or one for each row") Share share,
    @Default("grid") @Describe("how the three values are stored") Layout layout)
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

  /** How the three values are stored. */
  public enum Layout {
    /** As codes of a grid, which GPTQ's layout has. */
    GRID,
    /** As BitNet has them, under one magnitude of a weight. */
    BITNET
  }

  public TernaryParameters {
    Require.that(
        layout == Layout.GRID || share == Share.TENSOR, "layout", layout, "grid, or share: tensor");
  }
}
