package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;

/**
 * Weights as floats of 8 bits.
 *
 * @param format how the bits are shared
 * @param share what shares a scale
 * @see <a href="https://arxiv.org/abs/2209.05433">Micikevicius et al. 2022, FP8 formats</a>
 */
public record Fp8Parameters(
    @Default("e4m3") @Describe("4 bits of exponent and 3 of mantissa, or 5 and 2") Format format,
    @Default("channel") @Describe("a scale for each row of a weight, or one for all of it")
        Share share)
    implements Stage {
  /** How the bits are shared. */
  public enum Format {
    /** To 448, without infinities. */
    E4M3,
    /** To 57344. */
    E5M2
  }

  /** What shares a scale. */
  public enum Share {
    /** A row. */
    CHANNEL,
    /** All of it. */
    TENSOR
  }
}
