package dev.assay.engine.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.List;
import java.util.Map;

/**
 * Keys on grids for each channel in groups of tokens, values for each token in groups of channels,
 * from a group's least to its greatest number; the newest tokens in full precision. Keys are
 * rounded when {@code residual} of them have gathered, values one after the other when they are
 * {@code residual} tokens old.
 *
 * @param keyBits bits of a key's number: 8, 4, 2 or 1
 * @param valueBits the same of values
 * @param groupSize tokens, and channels, that share a grid
 * @param residual tokens in full precision, a multiple of {@code groupSize}
 * @see <a href="https://arxiv.org/abs/2402.02750">Liu et al. 2024, KIVI</a>
 */
public record KiviCache(int keyBits, int valueBits, int groupSize, int residual)
    implements CacheScheme {
  static final String NAME = "kivi";
  private static final List<Integer> WIDTHS = List.of(8, 4, 2, 1);

  public KiviCache {
    requireWidth("keyBits", keyBits);
    requireWidth("valueBits", valueBits);
    if (groupSize < Byte.SIZE || groupSize % Byte.SIZE != 0) {
      throw new IllegalArgumentException(
          "groupSize: found " + groupSize + ", expected a multiple of " + Byte.SIZE);
    }
    if (residual < groupSize || residual % groupSize != 0) {
      throw new IllegalArgumentException(
          "residual: found " + residual + ", expected a multiple of groupSize, " + groupSize);
    }
  }

  private static void requireWidth(String key, int bits) {
    if (!WIDTHS.contains(bits)) {
      throw new IllegalArgumentException(key + ": found " + bits + ", expected one of " + WIDTHS);
    }
  }

  static KiviCache of(SchemeKeys keys) {
    return new KiviCache(
        keys.integer("keyBits"),
        keys.integer("valueBits"),
        keys.integer("groupSize"),
        keys.integer("residual"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String module() {
    return "kivi.KiviCacheScheme";
  }

  @Override
  public Map<String, Number> attributes() {
    return Map.of(
        "key_bits", keyBits, "value_bits", valueBits, "group", groupSize, "residual", residual);
  }

  @Override
  public boolean forgetsLast() {
    return false;
  }

  @Override
  public ObjectNode json() {
    return CacheScheme.super
        .json()
        .put("keyBits", keyBits)
        .put("valueBits", valueBits)
        .put("groupSize", groupSize)
        .put("residual", residual);
  }

  @Override
  public void requireFits(AttentionSpec attention) {
    if (attention.headDimension() % groupSize != 0) {
      throw new IllegalArgumentException(
          "found heads of %d channels, expected a multiple of groupSize, %d"
              .formatted(attention.headDimension(), groupSize));
    }
  }

  @Override
  public CacheSize size(AttentionSpec attention, int dtypeBytes) {
    double codes = (keyBits + valueBits) / (double) Byte.SIZE;
    // Scale and least value, of keys and of values.
    double grids = 4.0 * dtypeBytes / groupSize;
    return new CacheSize(
        attention.keyValueWidth() * (codes + grids),
        2.0 * residual * attention.keyValueWidth() * dtypeBytes);
  }

  @Override
  public String words() {
    return "KIVI: keys in %d bits and values in %d, %d tokens in full"
        .formatted(keyBits, valueBits, residual);
  }
}
