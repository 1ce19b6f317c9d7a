package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.AddedToken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json}
 * say, as far as they are there; the first of them that knows something counts.
 */
final class TokenizerSettings {
  private static final String CONFIG = "tokenizer_config.json";
  private static final String SPECIAL = "special_tokens_map.json";
  private static final String ADDED = "added_tokens.json";
  private static final String ADDITIONAL = "additional_special_tokens";
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private final TokenizerInputs inputs;
  private final JsonNode config;
  private final JsonNode special;

  TokenizerSettings(TokenizerInputs inputs) {
    this.inputs = inputs;
    this.config = inputs.objectIfPresent(CONFIG);
    this.special = inputs.objectIfPresent(SPECIAL);
  }

  /** {@code tokenizer_class} without the ending of its fast twin; empty where it is not stated. */
  String className() {
    String name = config.path("tokenizer_class").asText("");
    return name.endsWith("Fast") ? name.substring(0, name.length() - "Fast".length()) : name;
  }

  BadInputException unsupportedClass(String expected) {
    return new BadInputException(
        "%s: key tokenizer_class: found '%s', expected %s, or a tokenizer.json beside it"
            .formatted(inputs.path(CONFIG), config.path("tokenizer_class").asText(), expected));
  }

  Optional<Boolean> flag(String key) {
    JsonNode node = config.path(key);
    return node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty();
  }

  int number(String key, int otherwise) {
    JsonNode node = config.path(key);
    return node.isInt() && node.intValue() >= 0 ? node.intValue() : otherwise;
  }

  /** The token in a role, for example {@code bos_token}. */
  Optional<String> token(String role) {
    for (JsonNode file : List.of(config, special)) {
      JsonNode node = file.path(role);
      String text = (node.isObject() ? node.path("content") : node).asText("");
      if (!node.isNull() && !text.isEmpty()) {
        return Optional.of(text);
      }
    }
    return Optional.empty();
  }

  /** The id of the token in a role; that token must exist. */
  OptionalLong id(String role, Map<String, Long> ids) {
    Optional<String> token = token(role);
    if (token.isEmpty()) {
      return OptionalLong.empty();
    }
    Long id = ids.get(token.get());
    if (id == null) {
      throw new BadInputException(
          "%s: key %s: found '%s', expected a token of the vocabulary"
              .formatted(inputs.path(inputs.has(CONFIG) ? CONFIG : SPECIAL), role, token.get()));
    }
    return OptionalLong.of(id);
  }

  /** All tokens in a role, the additional special ones included. */
  Set<String> specialTokens() {
    Set<String> tokens = new HashSet<>();
    ROLES.forEach(role -> token(role).ifPresent(tokens::add));
    for (JsonNode file : List.of(config, special)) {
      for (JsonNode node : file.path(ADDITIONAL)) {
        tokens.add((node.isObject() ? node.path("content") : node).asText());
      }
    }
    tokens.remove("");
    return tokens;
  }

  /** Whether {@code tokenizer_config.json} lists the added tokens itself. */
  boolean listsAddedTokens() {
    return config.path("added_tokens_decoder").isObject();
  }

  /** The tokens that are added to the vocabulary, or stand out in it. */
  List<AddedToken> added() {
    List<AddedToken> added = new ArrayList<>();
    Set<String> contents = new HashSet<>();
    for (Map.Entry<String, JsonNode> entry : config.path("added_tokens_decoder").properties()) {
      JsonNode node = entry.getValue();
      AddedToken token =
          new AddedToken(
              id(CONFIG, entry.getKey(), entry.getKey()),
              content(CONFIG, node.path("content").asText("")),
              node.path("special").asBoolean(),
              node.path("normalized").asBoolean(),
              node.path("single_word").asBoolean(),
              node.path("lstrip").asBoolean(),
              node.path("rstrip").asBoolean());
      added.add(token);
      contents.add(token.content());
    }
    Set<String> special = specialTokens();
    for (Map.Entry<String, JsonNode> entry : inputs.objectIfPresent(ADDED).properties()) {
      int id = id(ADDED, entry.getKey(), entry.getValue().asText());
      String content = content(ADDED, entry.getKey());
      if (contents.add(content)) {
        added.add(
            special.contains(content)
                ? AddedToken.special(id, content)
                : AddedToken.userDefined(id, content));
      }
    }
    return added;
  }

  private int id(String file, String key, String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new BadInputException(
          "%s: added token '%s': found id '%s', expected an integer of at least 0"
              .formatted(inputs.path(file), key, text));
    }
    return Integer.parseInt(text);
  }

  private String content(String file, String content) {
    if (content.isEmpty()) {
      throw new BadInputException(
          inputs.path(file) + ": found an added token without content, expected text");
    }
    return content;
  }
}
