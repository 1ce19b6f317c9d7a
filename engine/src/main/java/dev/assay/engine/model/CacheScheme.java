package dev.assay.engine.model;

import com.fasterxml.jackson.databind.JsonNode;

/** In which form a layer keeps keys and values of the tokens before. */
public sealed interface CacheScheme {
  /** Name in configurations. */
  String name();

  /** Class of the module that makes such caches, in {@code cache.py}. */
  String module();

  /** Bytes that one number takes, what belongs to a grid shared out. */
  double bytesPerElement(int headDimension, int dtypeBytes);

  /**
   * The scheme of an object of configurations.
   *
   * @throws IllegalArgumentException if there is none such
   */
  static CacheScheme of(JsonNode json) {
    String name = json.path("scheme").asText("");
    return switch (name) {
      case "dense" -> new Dense();
      case "per-token" -> new PerToken();
      default ->
          throw new IllegalArgumentException(
              "scheme: found '" + name + "', expected one of [dense, per-token]");
    };
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
   * As codes of 8 bits under a scale and a least value for each token and head, both float32.
   *
   * @see <a href="https://arxiv.org/abs/2402.02750">Liu et al. 2024, KIVI, whose keys are by
   *     channel instead</a>
   */
  record PerToken() implements CacheScheme {
    @Override
    public String name() {
      return "per-token";
    }

    @Override
    public String module() {
      return "RoundedCacheScheme";
    }

    @Override
    public double bytesPerElement(int headDimension, int dtypeBytes) {
      return 1 + 2.0 * Float.BYTES / headDimension;
    }
  }
}
