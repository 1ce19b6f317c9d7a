package dev.assay.engine.cache;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Keys and values on grids that calibration finds.
 *
 * @param format what codes are
 * @param keyBits 8, 4 or 2; 8 of floats
 * @param valueBits 8, 4 or 2; 8 of floats
 * @param share what has a grid of its own
 * @param symmetric whether 0 is the middle of a grid
 */
public record StaticParameters(
    @Default("fp8") @Describe("steps of a uniform grid, or floats of 8 bits (E4M3)")
        KvCacheParameters.Format format,
    @Default("8") @Describe("bits of a number of keys: 8, 4 or 2") int keyBits,
    @Default("8") @Describe("bits of a number of values: 8, 4 or 2") int valueBits,
    @Default("tensor") @Describe("what has a grid of its own: a layer's tensor, or each head")
        Share share,
    @Default("true") @Describe("whether 0 is the middle of a grid") boolean symmetric)
    implements Stage {
  /** What has a grid of its own. */
  public enum Share {
    /** Keys of a layer, and values. */
    TENSOR,
    /** Those of a head. */
    HEAD
  }

  public StaticParameters {
    Require.oneOf("keyBits", keyBits, 8, 4, 2);
    Require.oneOf("valueBits", valueBits, 8, 4, 2);
    if (format == KvCacheParameters.Format.FP8) {
      requireEight("keyBits", keyBits);
      requireEight("valueBits", valueBits);
      if (!symmetric) {
        throw new InvalidValueException("symmetric", false, "true with format fp8");
      }
    }
  }

  private static void requireEight(String key, int bits) {
    if (bits != Byte.SIZE) {
      throw new InvalidValueException(key, bits, "8 with format fp8");
    }
  }
}
