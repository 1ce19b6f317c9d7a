package dev.assay.engine.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.Map;

/**
 * Keys, turned by a Hadamard matrix within each head after positions have turned them, and values,
 * as codes on a grid for each token and head: a scale in float32 and a whole zero in float16, over
 * a share of the range. The range of keys holds 0, that of values need not. Keys are turned back
 * when they are read, which comes to the same products as turning queries. A token reads what is
 * kept, its own key and value too.
 *
 * @param keyBits bits of a key's number: 8, 4 or 2
 * @param valueBits the same of values
 * @param clip share of a token's range that the grid covers, above 0, at most 1
 * @see <a href="https://arxiv.org/abs/2404.00456">Ashkboos et al. 2024, QuaRot</a>
 * @see <a href="https://github.com/spcl/QuaRot/blob/5008669/fake_quant/rotation_utils.py">
 *     QKRotationWrapper</a>
 */
public record QuarotCache(int keyBits, int valueBits, double clip) implements CacheScheme {
  static final String NAME = "quarot";

  public QuarotCache {
    TokenCache.requireWidth("keyBits", keyBits);
    TokenCache.requireWidth("valueBits", valueBits);
    if (!(clip > 0 && clip <= 1)) {
      throw new IllegalArgumentException(
          "clip: found " + clip + ", expected a number above 0, at most 1");
    }
  }

  static QuarotCache of(SchemeKeys keys) {
    return new QuarotCache(keys.integer("keyBits"), keys.integer("valueBits"), keys.number("clip"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String module() {
    return "quarot_cache.QuarotCacheScheme";
  }

  @Override
  public Map<String, Number> attributes() {
    return Map.of("key_bits", keyBits, "value_bits", valueBits, "clip", clip);
  }

  @Override
  public ObjectNode json() {
    return CacheScheme.super
        .json()
        .put("keyBits", keyBits)
        .put("valueBits", valueBits)
        .put("clip", clip);
  }

  @Override
  public void requireFits(AttentionSpec attention) {
    int width = attention.headDimension();
    if (Integer.bitCount(width) != 1) {
      throw new IllegalArgumentException(
          "found heads of " + width + " channels, expected a power of two, to turn keys by");
    }
    TokenCache.requireWholeBytes(width, Math.min(keyBits, valueBits));
  }

  @Override
  public CacheSize size(AttentionSpec attention, int dtypeBytes) {
    double codes = (keyBits + valueBits) / (double) Byte.SIZE * attention.headDimension();
    int grids = 2 * (Float.BYTES + Short.BYTES);
    return new CacheSize(attention.keyValueHeads() * (codes + grids), 0);
  }

  @Override
  public String words() {
    return "keys, turned, in %d bits and values in %d, by token and head"
        .formatted(keyBits, valueBits);
  }
}
