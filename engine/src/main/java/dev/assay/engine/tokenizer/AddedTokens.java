package dev.assay.engine.tokenizer;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.AddedToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The added tokens of a tokenizer that is put together from several files; what is put in first
 * counts.
 */
final class AddedTokens {
  private final String name;
  private final Map<String, Integer> vocabulary;
  private final Map<String, AddedToken> byContent = new LinkedHashMap<>();

  AddedTokens(String name, Map<String, Integer> vocabulary) {
    this.name = name;
    this.vocabulary = vocabulary;
  }

  AddedTokens with(List<AddedToken> tokens) {
    tokens.forEach(token -> byContent.putIfAbsent(token.content(), token));
    return this;
  }

  /** Those of these tokens that the vocabulary has, as special ones. */
  AddedTokens withSpecial(Set<String> contents) {
    contents.stream().sorted().forEach(content -> withSpecial(content));
    return this;
  }

  private void withSpecial(String content) {
    Integer id = vocabulary.get(content);
    if (id != null) {
      byContent.putIfAbsent(content, AddedToken.special(id, content));
    }
  }

  List<AddedToken> tokens() {
    return new ArrayList<>(byContent.values());
  }

  /** A token that stands around texts, if it is wanted. */
  List<AddedToken> frame(boolean wanted, String role, Optional<String> content) {
    if (!wanted) {
      return List.of();
    }
    AddedToken token = content.map(byContent::get).orElse(null);
    if (token == null) {
      throw new BadInputException(
          "%s: found %s as %s, expected a token of the vocabulary, as it stands around texts"
              .formatted(name, content.map(text -> "'" + text + "'").orElse("none"), role));
    }
    return List.of(token);
  }
}
