package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The tokens of a tokenizer by their texts.
 *
 * @param ids of all tokens
 * @param special texts of those that structure what a model reads, and stand for no text
 */
public record VocabularyTokens(Map<String, Long> ids, Set<String> special) {
  /** Those of a tokenizer. */
  public static VocabularyTokens of(Tokenizer tokenizer) {
    JsonNode root =
        TokenizerInputs.object(tokenizer.name(), tokenizer.json().getBytes(StandardCharsets.UTF_8));
    Set<String> special = new LinkedHashSet<>();
    for (JsonNode token : root.path("added_tokens")) {
      if (token.path("special").asBoolean() && !token.path("content").asText().isEmpty()) {
        special.add(token.path("content").asText());
      }
    }
    return new VocabularyTokens(TokenizerDescription.ids(tokenizer.name(), root), special);
  }

  /** The id of a token. */
  public OptionalLong id(String token) {
    Long id = ids.get(token);
    return id == null ? OptionalLong.empty() : OptionalLong.of(id);
  }

  /** Ids of tokens that are not special, below a number, in ascending order. */
  public long[] ordinary(long below) {
    return ids.entrySet().stream()
        .filter(each -> !special.contains(each.getKey()))
        .mapToLong(Map.Entry::getValue)
        .filter(id -> id < below)
        .sorted()
        .toArray();
  }
}
