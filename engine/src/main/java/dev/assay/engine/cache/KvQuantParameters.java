package dev.assay.engine.cache;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Keys by channel before positions turn them, values by token, as entries of codebooks.
 *
 * @param keyBits 8, 4, 3, 2 or 1
 * @param valueBits 8, 4, 3, 2 or 1
 * @param outliers share of numbers that are kept as they are, half of it at each end
 * @param exact first tokens that are kept as they are
 * @param codebook where codebooks come from
 * @param roundZero whether 0 is a whole number of steps from the beginning of a uniform range
 * @see <a href="https://arxiv.org/abs/2401.18079">Hooper et al. 2024, KVQuant</a>
 */
public record KvQuantParameters(
    @Default("4") @Describe("bits of a number of keys: 8, 4, 3, 2 or 1") int keyBits,
    @Default("4") @Describe("bits of a number of values: 8, 4, 3, 2 or 1") int valueBits,
    @Default("0.01")
        @Describe("share of numbers that are kept as they are, half of it at each end; 0 for none")
        double outliers,
    @Default("0") @Describe("first tokens that are kept as they are") int exact,
    @Default("k-means") @Describe("values fitted to calibration, or equal steps") Source codebook,
    @Default("false") @Describe("equal steps with one at 0 where the range has 0 in it")
        boolean roundZero)
    implements Stage {
  /** Where codebooks come from. */
  public enum Source {
    /** From the calibration's numbers. */
    K_MEANS,
    /** Equal steps. */
    UNIFORM
  }

  public KvQuantParameters {
    Require.oneOf("keyBits", keyBits, 8, 4, 3, 2, 1);
    Require.oneOf("valueBits", valueBits, 8, 4, 3, 2, 1);
    Require.within("outliers", outliers, 0, 0.5);
    Require.atLeast("exact", exact, 0);
    if (roundZero && codebook != Source.UNIFORM) {
      throw new InvalidValueException("roundZero", true, "false with codebook k-means");
    }
  }
}
