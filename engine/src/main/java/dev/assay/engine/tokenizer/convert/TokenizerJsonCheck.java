package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import java.util.HashMap;
import java.util.Map;

/**
 * Checks a {@code tokenizer.json} for what the tokenizers library takes without a check: some of it
 * ends the whole process, some silently gives tokens other ids than the file does.
 *
 * @param name of the file, for messages
 * @param root its content
 */
public record TokenizerJsonCheck(String name, JsonNode root) {

  /**
   * Checks everything.
   *
   * @param vocabulary token to id, without added tokens
   * @throws BadInputException if something is broken; the message names the file and the key
   */
  public void require(Map<String, Long> vocabulary) {
    CharsmapCheck.requireIn(name, root.path("normalizer"));
    processor(root.path("post_processor"));
    merges(root.path("model"));
    addedTokens(vocabulary);
  }

  private void processor(JsonNode processor) {
    processor.path("processors").forEach(this::processor);
    if (processor.path("type").asText().equals("TemplateProcessing")) {
      JsonNode special = processor.path("special_tokens");
      template("single", processor.path("single"), special, "A");
      template("pair", processor.path("pair"), special, "AB");
      for (Map.Entry<String, JsonNode> token : special.properties()) {
        if (token.getValue().path("ids").size() != token.getValue().path("tokens").size()) {
          throw bad(
              "post_processor",
              "found special token '" + token.getKey() + "' with unlike numbers of ids and tokens",
              "one id a token");
        }
      }
    }
  }

  private void template(String key, JsonNode pieces, JsonNode special, String sequences) {
    for (JsonNode piece : pieces) {
      String token = piece.path("SpecialToken").path("id").asText();
      if (piece.has("SpecialToken") && !special.has(token)) {
        throw bad(
            "post_processor." + key, "found '" + token + "'", "one of its own special_tokens");
      }
      String sequence = piece.path("Sequence").path("id").asText();
      if (piece.has("Sequence") && !sequences.contains(sequence)) {
        throw bad(
            "post_processor." + key,
            "found sequence '" + sequence + "'",
            "one of " + String.join(", ", sequences.split("")));
      }
    }
  }

  private void merges(JsonNode model) {
    String prefix = model.path("continuing_subword_prefix").asText("");
    if (model.path("continuing_subword_prefix").isTextual() && !prefix.isEmpty()) {
      for (JsonNode merge : model.path("merges")) {
        String right =
            merge.isArray()
                ? merge.path(1).asText()
                : merge.asText().substring(merge.asText().indexOf(' ') + 1);
        if (!right.startsWith(prefix)) {
          throw bad(
              "model.merges",
              "found '" + right + "' as a right part",
              "it to begin with the continuing_subword_prefix '" + prefix + "'");
        }
      }
    }
  }

  /** The library numbers tokens that the vocabulary lacks from its size on, in the file's order. */
  private void addedTokens(Map<String, Long> vocabulary) {
    Map<String, Long> appended = new HashMap<>();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asText();
      Long there = vocabulary.get(content);
      long next = (long) vocabulary.size() + appended.size();
      long expected = there == null ? appended.getOrDefault(content, next) : there;
      if (token.path("id").asLong(-1) != expected) {
        throw bad(
            "added_tokens",
            "found '" + content + "' with id " + token.path("id"),
            "id " + expected);
      }
      if (there == null) {
        appended.put(content, expected);
      }
    }
  }

  private BadInputException bad(String key, String found, String expected) {
    return new BadInputException(
        "%s: key %s: %s, expected %s".formatted(name, key, found, expected));
  }
}
