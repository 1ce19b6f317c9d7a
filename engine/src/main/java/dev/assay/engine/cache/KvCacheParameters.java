package dev.assay.engine.cache;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.Require;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.Float8Cache;
import dev.assay.engine.model.TokenCache;
import dev.assay.engine.recipe.Stage;

/**
 * Keys and values of the tokens before in fewer bits, a grid for each token and head.
 *
 * @param format what codes are
 * @param keyBits 8, 4 or 2; 8 of floats
 * @param valueBits 8, 4 or 2; 8 of floats
 * @see <a href="https://arxiv.org/abs/2405.04532">Lin et al. 2024, QServe</a>
 */
public record KvCacheParameters(
    @Default("int") @Describe("steps of a uniform grid, or floats of 8 bits (E4M3)") Format format,
    @Default("8") @Describe("bits of a number of keys: 8, 4 or 2") int keyBits,
    @Default("8") @Describe("bits of a number of values: 8, 4 or 2") int valueBits)
    implements Stage {
  /** What codes are. */
  public enum Format {
    INT,
    FP8
  }

  public KvCacheParameters {
    Require.oneOf("keyBits", keyBits, 8, 4, 2);
    Require.oneOf("valueBits", valueBits, 8, 4, 2);
    requireFloat("keyBits", format, keyBits);
    requireFloat("valueBits", format, valueBits);
  }

  private static void requireFloat(String key, Format format, int bits) {
    if (format == Format.FP8 && bits != Byte.SIZE) {
      throw new InvalidValueException(key, String.valueOf(bits), "8 with format fp8");
    }
  }

  CacheScheme scheme() {
    return format == Format.FP8 ? new Float8Cache() : new TokenCache(keyBits, valueBits);
  }
}
