package dev.assay.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.List;
import java.util.Map;

/** In which form a layer keeps keys and values of the tokens before. */
public sealed interface CacheScheme
    permits DenseCache, TokenCache, QuarotCache, Float8Cache, StaticCache, KiviCache, KvQuantCache {
  /** Name in configurations. */
  String name();

  /** Class of the module that makes such caches, in the scripts of {@code dev.assay.engine.run}. */
  String module();

  /** Numbers, whole or not, that the module has, by name. */
  default Map<String, Number> attributes() {
    return Map.of();
  }

  /** Tensors that the module has, by name. */
  default Map<String, CacheTable> tables() {
    return Map.of();
  }

  /**
   * Whether keys are kept as they are before positions turn them, and turned when they are read.
   */
  default boolean keepsKeysUnturned() {
    return false;
  }

  /**
   * Whether a cache can forget some of its tokens and go on; one that keeps only the newest in full
   * precision can forget all or none.
   */
  default boolean forgetsLast() {
    return true;
  }

  /** What {@link #of} reads. */
  default ObjectNode json() {
    return JsonNodeFactory.instance.objectNode().put("scheme", name());
  }

  /**
   * Makes sure that the heads of an attention can be kept so.
   *
   * @throws IllegalArgumentException if not; the message says what was found
   */
  default void requireFits(AttentionSpec attention) {}

  /**
   * Memory of one sequence's keys and values in one layer.
   *
   * @param dtypeBytes of a number of the activations
   */
  CacheSize size(AttentionSpec attention, int dtypeBytes);

  /** What is done, in words. */
  String words();

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
          case DenseCache.NAME -> new DenseCache();
          case TokenCache.NAME -> TokenCache.of(keys);
          case QuarotCache.NAME -> QuarotCache.of(keys);
          case Float8Cache.NAME -> new Float8Cache();
          case StaticCache.NAME -> StaticCache.of(keys);
          case KiviCache.NAME -> KiviCache.of(keys);
          case KvQuantCache.NAME -> KvQuantCache.of(keys);
          default ->
              throw new IllegalArgumentException(
                  "scheme: found '"
                      + name
                      + "', expected one of "
                      + List.of(
                          DenseCache.NAME,
                          TokenCache.NAME,
                          QuarotCache.NAME,
                          Float8Cache.NAME,
                          StaticCache.NAME,
                          KiviCache.NAME,
                          KvQuantCache.NAME));
        };
    keys.requireNoOthers();
    return scheme;
  }
}
