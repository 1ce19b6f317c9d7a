package dev.assay.engine.cache;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.QuarotCache;
import dev.assay.engine.recipe.Stage;

/**
 * Keys, turned within each head, and values in fewer bits, a grid for each token and head.
 *
 * @param keyBits 8, 4 or 2
 * @param valueBits 8, 4 or 2
 * @param clip share of a token's range that its grid covers
 * @see <a href="https://arxiv.org/abs/2404.00456">Ashkboos et al. 2024, QuaRot</a>
 */
public record QuarotParameters(
    @Default("4") @Describe("bits of a number of keys: 8, 4 or 2") int keyBits,
    @Default("4") @Describe("bits of a number of values: 8, 4 or 2") int valueBits,
    @Default("0.95") @Describe("share of a token's range that its grid covers") double clip)
    implements Stage {
  public QuarotParameters {
    Require.oneOf("keyBits", keyBits, 8, 4, 2);
    Require.oneOf("valueBits", valueBits, 8, 4, 2);
    Require.that(clip > 0 && clip <= 1, "clip", clip, "above 0 and at most 1");
  }

  CacheScheme scheme() {
    return new QuarotCache(keyBits, valueBits, clip);
  }
}
