package dev.assay.engine.cache;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.Require;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.KiviCache;
import dev.assay.engine.recipe.Stage;

/**
 * Keys on grids by channel, values by token, the newest tokens in full precision.
 *
 * @param keyBits 8, 4, 2 or 1
 * @param valueBits 8, 4, 2 or 1
 * @param groupSize tokens of a channel, and channels of a token, that share a grid
 * @param residual newest tokens in full precision, a multiple of {@code groupSize}
 * @see <a href="https://arxiv.org/abs/2402.02750">Liu et al. 2024, KIVI</a>
 */
public record KiviParameters(
    @Default("2") @Describe("bits of a number of keys: 8, 4, 2 or 1") int keyBits,
    @Default("2") @Describe("bits of a number of values: 8, 4, 2 or 1") int valueBits,
    @Default("32")
        @Describe(
            "tokens of a channel, and channels of a token, that share a grid; a divisor of the"
                + " heads' width")
        int groupSize,
    @Default("128") @Describe("newest tokens in full precision, a multiple of groupSize")
        int residual)
    implements Stage {
  public KiviParameters {
    Require.oneOf("keyBits", keyBits, 8, 4, 2, 1);
    Require.oneOf("valueBits", valueBits, 8, 4, 2, 1);
    if (groupSize < Byte.SIZE || groupSize % Byte.SIZE != 0) {
      throw new InvalidValueException("groupSize", String.valueOf(groupSize), "a multiple of 8");
    }
    if (residual < groupSize || residual % groupSize != 0) {
      throw new InvalidValueException(
          "residual", String.valueOf(residual), "a multiple of groupSize, " + groupSize);
    }
  }

  CacheScheme scheme() {
    return new KiviCache(keyBits, valueBits, groupSize, residual);
  }
}
