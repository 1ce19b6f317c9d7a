package dev.assay.engine.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.List;
import java.util.Map;

/**
 * Keys by channel as they are before positions turn them, values by token; both as the nearest of a
 * few values of a codebook that calibration has found, stretched to a range, which of keys is found
 * by calibration too. Numbers outside of the range are kept as they are, and so are all of the
 * first tokens.
 *
 * @param keys bits of a key's number and the values of its codebook, in order
 * @param values the same of values
 * @param lower where the range of each channel of keys begins, those of all heads in a row
 * @param upper where it ends
 * @param outliers share of a token's values that lie outside of its range; with 0 nothing does, and
 *     keys beyond take the range's end
 * @param exact first tokens that are kept as they are
 * @param roundZero whether the range of a token's values is moved so that 0 is a whole number of
 *     steps from its beginning, as of a uniform codebook
 * @see <a href="https://arxiv.org/abs/2401.18079">Hooper et al. 2024, KVQuant</a>
 */
public record KvQuantCache(
    Codes keys,
    Codes values,
    CacheTable lower,
    CacheTable upper,
    double outliers,
    int exact,
    boolean roundZero)
    implements CacheScheme {
  static final String NAME = "kvquant";
  private static final List<Integer> WIDTHS = List.of(8, 4, 3, 2, 1);

  /**
   * Codes of numbers between −1 and 1.
   *
   * @param bits 8, 4, 3, 2 or 1
   * @param codebook 2^bits values, rising
   */
  public record Codes(int bits, CacheTable codebook) {
    public Codes {
      if (!WIDTHS.contains(bits)) {
        throw new IllegalArgumentException("bits: found " + bits + ", expected one of " + WIDTHS);
      }
      List<Float> values = codebook.values();
      if (values.size() != 1 << bits || !values.equals(values.stream().sorted().toList())) {
        throw new IllegalArgumentException(
            "codebook: found %s, expected %d values, rising".formatted(values, 1 << bits));
      }
    }

    static Codes of(SchemeKeys all, String bits, String codebook) {
      return new Codes(all.integer(bits), all.read(codebook, CacheTable::of));
    }
  }

  public KvQuantCache {
    if (lower.size() != upper.size()) {
      throw new IllegalArgumentException(
          "upper: found %d numbers, expected %d".formatted(upper.size(), lower.size()));
    }
    if (!(outliers >= 0 && outliers < 1)) {
      throw new IllegalArgumentException(
          "outliers: found " + outliers + ", expected from 0 to less than 1");
    }
    if (exact < 0) {
      throw new IllegalArgumentException("exact: found " + exact + ", expected 0 or more");
    }
  }

  static KvQuantCache of(SchemeKeys keys) {
    return new KvQuantCache(
        Codes.of(keys, "keyBits", "keyCodebook"),
        Codes.of(keys, "valueBits", "valueCodebook"),
        keys.read("lower", CacheTable::of),
        keys.read("upper", CacheTable::of),
        keys.number("outliers"),
        keys.integer("exact"),
        keys.flag("roundZero"));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String module() {
    return "kvquant.KvQuantCacheScheme";
  }

  @Override
  public boolean keepsKeysUnturned() {
    return true;
  }

  @Override
  public Map<String, Number> attributes() {
    return Map.of(
        "key_bits",
        keys.bits(),
        "value_bits",
        values.bits(),
        "outliers",
        outliers,
        "exact",
        exact,
        "whole_zero",
        roundZero ? 1 : 0);
  }

  @Override
  public Map<String, CacheTable> tables() {
    return Map.of(
        "key_codebook",
        keys.codebook(),
        "value_codebook",
        values.codebook(),
        "lower",
        lower,
        "upper",
        upper);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json =
        CacheScheme.super
            .json()
            .put("keyBits", keys.bits())
            .put("valueBits", values.bits())
            .put("outliers", outliers)
            .put("exact", exact)
            .put("roundZero", roundZero);
    json.set("keyCodebook", keys.codebook().json());
    json.set("valueCodebook", values.codebook().json());
    json.set("lower", lower.json());
    json.set("upper", upper.json());
    return json;
  }

  @Override
  public void requireFits(AttentionSpec attention) {
    requireWidth(attention, keys.bits());
    requireWidth(attention, values.bits());
    if (lower.size() != attention.keyValueWidth()) {
      throw new IllegalArgumentException(
          "found ranges of %d channels, expected %d of %d heads"
              .formatted(lower.size(), attention.keyValueWidth(), attention.keyValueHeads()));
    }
  }

  /**
   * Makes sure that codes of a head fill whole bytes.
   *
   * @throws IllegalArgumentException if not
   */
  public static void requireWidth(AttentionSpec attention, int bits) {
    TokenCache.requireWholeBytes(attention.headDimension(), bits);
    // Eight codes of three bits go into three bytes.
    if (bits == 3 && attention.headDimension() % Byte.SIZE != 0) {
      throw new IllegalArgumentException(
          "found heads of %d numbers of 3 bits, expected a multiple of 8"
              .formatted(attention.headDimension()));
    }
  }

  @Override
  public CacheSize size(AttentionSpec attention, int dtypeBytes) {
    int width = attention.keyValueWidth();
    double codes = width * (keys.bits() + values.bits()) / (double) Byte.SIZE;
    // Each with its place; as many as calibration wants, which other text need not keep to.
    double apart = 2 * width * outliers * (Integer.BYTES + dtypeBytes);
    double range = 2 * Float.BYTES;
    return new CacheSize(codes + apart + range, 2.0 * width * exact * dtypeBytes);
  }

  @Override
  public String words() {
    return "KVQuant: keys in %d bits and values in %d, %s %% of the numbers apart"
        .formatted(keys.bits(), values.bits(), 100 * outliers);
  }
}
