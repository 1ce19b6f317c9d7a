package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Keys and values of the tokens before in fewer bits, a grid for each token and head.
 *
 * @param keyBits 8, 4 or 2
 * @param valueBits 8, 4 or 2
 * @see <a href="https://arxiv.org/abs/2405.04532">Lin et al. 2024, QServe</a>
 */
public record KvCacheParameters(
    @Default("8") @Describe("bits of a number of keys: 8, 4 or 2") int keyBits,
    @Default("8") @Describe("bits of a number of values: 8, 4 or 2") int valueBits)
    implements Stage {
  public KvCacheParameters {
    Require.oneOf("keyBits", keyBits, 8, 4, 2);
    Require.oneOf("valueBits", valueBits, 8, 4, 2);
  }
}
