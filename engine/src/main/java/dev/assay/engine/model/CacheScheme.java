package dev.assay.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.List;
import java.util.Map;

/** In which form a layer keeps keys and values of the tokens before. */
public sealed interface CacheScheme {
  /** Name in configurations. */
  String name();

  /** Class of the module that makes such caches, in {@code cache.py}. */
  String module();

  /** Whole numbers that the module has, by name. */
  default Map<String, Integer> attributes() {
    return Map.of();
  }

  /** What {@link #of} reads. */
  default ObjectNode json() {
    return JsonNodeFactory.instance.objectNode().put("scheme", name());
  }

  /**
   * Makes sure that heads can be kept so.
   *
   * @throws IllegalArgumentException if not
   */
  default void requireFits(int headDimension) {}

  /** Bytes that one number takes, of keys and values in the mean, a grid's share included. */
  double bytesPerElement(int headDimension, int dtypeBytes);

  /**
   * The scheme of an object of configurations.
   *
   * @throws IllegalArgumentException if there is none such
   */
  static CacheScheme of(JsonNode json) {
    SchemeKeys keys = new SchemeKeys(json);
    String name = keys.text("scheme");
    CacheScheme scheme =
        switch (name) {
          case "dense" -> new Dense();
          case "per-token" -> new PerToken(keys.integer("keyBits"), keys.integer("valueBits"));
          default ->
              throw new IllegalArgumentException(
                  "scheme: found '" + name + "', expected one of [dense, per-token]");
        };
    keys.requireNoOthers();
    return scheme;
  }

  /** In the type of the activations. */
  record Dense() implements CacheScheme {
    @Override
    public String name() {
      return "dense";
    }

    @Override
    public String module() {
      return "DenseCacheScheme";
    }

    @Override
    public double bytesPerElement(int headDimension, int dtypeBytes) {
      return dtypeBytes;
    }
  }

  /**
   * As codes under a scale and a least value for each token and head, both float16. What a token
   * reads are the rounded keys and values, its own among them, so that a pass over a whole text
   * gives what one token after another does.
   *
   * @param keyBits bits of a key's number: 8, 4 or 2
   * @param valueBits the same of values
   * @see <a href="https://arxiv.org/abs/2405.04532">Lin et al. 2024, QServe</a>
   */
  record PerToken(int keyBits, int valueBits) implements CacheScheme {
    private static final List<Integer> WIDTHS = List.of(8, 4, 2);

    public PerToken {
      require("keyBits", keyBits);
      require("valueBits", valueBits);
    }

    private static void require(String key, int bits) {
      if (!WIDTHS.contains(bits)) {
        throw new IllegalArgumentException(key + ": found " + bits + ", expected one of " + WIDTHS);
      }
    }

    @Override
    public String name() {
      return "per-token";
    }

    @Override
    public String module() {
      return "RoundedCacheScheme";
    }

    @Override
    public Map<String, Integer> attributes() {
      return Map.of("key_bits", keyBits, "value_bits", valueBits);
    }

    @Override
    public ObjectNode json() {
      return CacheScheme.super.json().put("keyBits", keyBits).put("valueBits", valueBits);
    }

    @Override
    public void requireFits(int headDimension) {
      int least = Math.min(keyBits, valueBits);
      if (headDimension * least % Byte.SIZE != 0) {
        throw new IllegalArgumentException(
            "cache: found heads of %d numbers of %d bits, expected whole bytes"
                .formatted(headDimension, least));
      }
    }

    @Override
    public double bytesPerElement(int headDimension, int dtypeBytes) {
      double codes = (keyBits + valueBits) / 2.0 / Byte.SIZE;
      return codes + 2.0 * Short.BYTES / headDimension;
    }
  }
}
