package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Vocabularies that are an object from tokens to ids. */
final class Vocabulary {
  private Vocabulary() {}

  /** Token to id, by rising ids. */
  static Map<String, Integer> read(String name, JsonNode vocabulary) {
    Map<Integer, String> byId = new TreeMap<>();
    for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
      if (!token.getValue().isInt()) {
        throw new BadInputException(
            "%s: key model.vocab: found %s of '%s', expected its id"
                .formatted(name, token.getValue(), token.getKey()));
      }
      String other = byId.put(token.getValue().intValue(), token.getKey());
      if (other != null) {
        throw new BadInputException(
            "%s: key model.vocab: found id %d of '%s' and of '%s', expected an id for each"
                .formatted(name, token.getValue().intValue(), other, token.getKey()));
      }
    }
    Map<String, Integer> ids = new LinkedHashMap<>();
    byId.forEach((id, token) -> ids.put(token, id));
    return ids;
  }

  /** The same as an object of what is kept. */
  static ObjectNode cut(Map<String, Integer> ids, KeptIds kept) {
    ObjectNode cut = JsonNodeFactory.instance.objectNode();
    ids.forEach((token, id) -> kept.find(id).ifPresent(other -> cut.put(token, other)));
    return cut;
  }

  /** The ids of the tokens of one character. */
  static Set<Integer> characters(Map<String, Integer> ids) {
    Set<Integer> characters = new TreeSet<>();
    ids.forEach(
        (token, id) -> {
          if (token.codePointCount(0, token.length()) == 1) {
            characters.add(id);
          }
        });
    return characters;
  }

  /** The characters of a text, one by one. */
  static List<String> split(String text) {
    return text.codePoints().mapToObj(Character::toString).toList();
  }
}
