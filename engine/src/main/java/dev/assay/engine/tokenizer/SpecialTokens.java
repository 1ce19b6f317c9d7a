package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a tokenizer's special tokens beside its {@code tokenizer.json}.
 *
 * @param bosId id of the token that begins a sequence
 * @param eosId id of the token that ends one
 * @param maskId id of the one that stands in a gap
 * @param addsBos whether the model expects a BOS in front of a text; empty where that is for the
 *     {@code tokenizer.json} to say
 */
public record SpecialTokens(
    OptionalLong bosId, OptionalLong eosId, OptionalLong maskId, Optional<Boolean> addsBos) {
  /** Nothing is known. */
  public static final SpecialTokens NONE =
      new SpecialTokens(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

  /**
   * What a {@code tokenizer_config.json} says.
   *
   * @param ids of all tokens
   */
  static SpecialTokens of(Map<String, Long> ids, JsonNode config) {
    JsonNode adds = config.path("add_bos_token");
    return new SpecialTokens(
        id(ids, config.path("bos_token")),
        id(ids, config.path("eos_token")),
        id(ids, config.path("mask_token")),
        adds.isBoolean() ? Optional.of(adds.booleanValue()) : Optional.empty());
  }

  /** A token is named by its text, or by an object that holds the text as its content. */
  private static OptionalLong id(Map<String, Long> ids, JsonNode token) {
    Long id = ids.get((token.isObject() ? token.path("content") : token).asText());
    return id == null ? OptionalLong.empty() : OptionalLong.of(id);
  }
}
