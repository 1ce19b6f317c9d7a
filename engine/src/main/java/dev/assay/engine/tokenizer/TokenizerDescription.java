package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.tokenizer.convert.TokenizerJsonCheck;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A tokenizer as the library reads it, and what Assay itself needs to know of it.
 *
 * @param name of what it comes from
 * @param json the text of a {@code tokenizer.json}
 * @param sha256 of what it comes from, in hex
 * @param size number of tokens, added ones included
 * @param largestId of all tokens
 * @param special tokens
 */
record TokenizerDescription(
    String name, String json, String sha256, int size, long largestId, SpecialTokens special) {

  /**
   * Describes a tokenizer.
   *
   * @param ids as {@link #ids} finds them
   */
  static TokenizerDescription of(
      String name, String json, String sha256, Map<String, Long> ids, SpecialTokens special) {
    long largest = ids.values().stream().flatMapToLong(LongStream::of).max().orElse(-1);
    return new TokenizerDescription(name, json, sha256, ids.size(), largest, special);
  }

  /**
   * Token to id in a {@code tokenizer.json}, added tokens included.
   *
   * @throws BadInputException if it has no vocabulary, or what the library cannot survive
   */
  static Map<String, Long> ids(String name, JsonNode root) {
    Map<String, Long> ids = new HashMap<>();
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isObject()) {
      vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asLong()));
    } else if (vocabulary.isArray()) {
      // Unigram models list [piece, score] in the order of their ids.
      for (int i = 0; i < vocabulary.size(); i++) {
        ids.put(vocabulary.get(i).path(0).asText(), (long) i);
      }
    } else {
      throw new BadInputException(
          name
              + ": key model.vocab: found "
              + vocabulary.getNodeType().name().toLowerCase(Locale.ROOT)
              + ", expected an object or an array of tokens");
    }
    new TokenizerJsonCheck(name, root).require(ids);
    for (JsonNode token : root.path("added_tokens")) {
      ids.put(token.path("content").asText(), token.path("id").asLong());
    }
    return ids;
  }
}
