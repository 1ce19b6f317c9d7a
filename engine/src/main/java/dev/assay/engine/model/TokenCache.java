package dev.assay.engine.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.List;
import java.util.Map;

/**
 * Keys and values as codes under a scale and a least value for each token and head, both float16.
 * What a token reads are the rounded keys and values, its own among them, so that a pass over a
 * whole text gives what one token after another does.
 *
 * @param keyBits bits of a key's number: 8, 4 or 2
 * @param valueBits the same of values
 * @see <a href="https://arxiv.org/abs/2405.04532">Lin et al. 2024, QServe</a>
 */
public record TokenCache(int keyBits, int valueBits) implements CacheScheme {
  static final String NAME = "per-token";
  private static final List<Integer> WIDTHS = List.of(8, 4, 2);

  public TokenCache {
    requireWidth("keyBits", keyBits);
    requireWidth("valueBits", valueBits);
  }

  static void requireWidth(String key, int bits) {
    if (!WIDTHS.contains(bits)) {
      throw new IllegalArgumentException(key + ": found " + bits + ", expected one of " + WIDTHS);
    }
  }

  static TokenCache of(SchemeKeys keys) {
    return new TokenCache(keys.integer("keyBits"), keys.integer("valueBits"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String module() {
    return "cache.RoundedCacheScheme";
  }

  @Override
  public Map<String, Number> attributes() {
    return Map.of("key_bits", keyBits, "value_bits", valueBits);
  }

  @Override
  public ObjectNode json() {
    return CacheScheme.super.json().put("keyBits", keyBits).put("valueBits", valueBits);
  }

  @Override
  public void requireFits(AttentionSpec attention) {
    requireWholeBytes(attention.headDimension(), Math.min(keyBits, valueBits));
  }

  static void requireWholeBytes(int headDimension, int bits) {
    if (headDimension * bits % Byte.SIZE != 0) {
      throw new IllegalArgumentException(
          "found heads of %d numbers of %d bits, expected whole bytes"
              .formatted(headDimension, bits));
    }
  }

  @Override
  public CacheSize size(AttentionSpec attention, int dtypeBytes) {
    int heads = attention.keyValueHeads();
    double codes = (keyBits + valueBits) / (double) Byte.SIZE * attention.headDimension();
    // A scale and a least value, of keys and of values.
    return new CacheSize(heads * (codes + 4 * Short.BYTES), 0);
  }

  @Override
  public String words() {
    return "keys in %d bits and values in %d, by token and head".formatted(keyBits, valueBits);
  }
}
