package dev.assay.engine.tokenizer;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a tokenizer's special tokens beside its {@code tokenizer.json}.
 *
 * @param bosId id of the token that begins a sequence
 * @param eosId id of the token that ends one
 * @param addsBos whether the model expects a BOS in front of a text; empty where that is for the
 *     {@code tokenizer.json} to say
 */
public record SpecialTokens(OptionalLong bosId, OptionalLong eosId, Optional<Boolean> addsBos) {
  /** Nothing is known. */
  public static final SpecialTokens NONE =
      new SpecialTokens(OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
}
