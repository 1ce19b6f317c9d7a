package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Weights as floats of 8 bits.
 *
 * @param format how the bits are shared
 * @param share what shares a scale
 * @param activations what shares a scale of the inputs, if they are rounded
 * @param groupSize features of an input that share a scale
 * @see <a href="https://arxiv.org/abs/2209.05433">Micikevicius et al. 2022, FP8 formats</a>
 */
public record Fp8Parameters(
    @Default("e4m3") @Describe("4 bits of exponent and 3 of mantissa, or 5 and 2") Format format,
    @Default("channel") @Describe("a scale for each row of a weight, or one for all of it")
        Share share,
    @Default("none")
        @Describe(
            "what shares a scale of the inputs, which are E4M3 too: a token or a group of its"
                + " features as it comes, or all of them from calibration")
        Activations activations,
    @Default("128") @Describe("features that share a scale with activations: group") int groupSize)
    implements Stage {
  public Fp8Parameters {
    Require.atLeast("groupSize", groupSize, 1);
  }

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

  /** What shares a scale of an input. */
  public enum Activations {
    /** Nothing: inputs are taken as they come. */
    NONE,
    /** A token, as it comes. */
    TOKEN,
    /** All of them, by the greatest magnitude that calibration saw. */
    TENSOR,
    /** A run of features of a token, as it comes. */
    GROUP
  }
}
