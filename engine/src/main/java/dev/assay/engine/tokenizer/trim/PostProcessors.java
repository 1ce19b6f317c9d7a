package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The ids that the {@code post_processor} of a {@code tokenizer.json} names. */
final class PostProcessors {
  /** How BERT's and RoBERTa's name a token and its id. */
  private static final List<String> PAIRS = List.of("sep", "cls");

  private PostProcessors() {}

  static Set<Integer> ids(JsonNode processor) {
    Set<Integer> ids = new TreeSet<>();
    processor.path("processors").forEach(each -> ids.addAll(ids(each)));
    for (JsonNode token : processor.path("special_tokens")) {
      token.path("ids").forEach(id -> ids.add(id.asInt()));
    }
    PAIRS.stream()
        .map(key -> processor.path(key).path(1))
        .filter(JsonNode::isInt)
        .forEach(id -> ids.add(id.intValue()));
    return ids;
  }

  /** Puts the new ids in the places of the old. */
  static void renumber(JsonNode processor, KeptIds kept) {
    processor.path("processors").forEach(each -> renumber(each, kept));
    for (JsonNode token : processor.path("special_tokens")) {
      if (token.path("ids") instanceof ArrayNode ids) {
        for (int i = 0; i < ids.size(); i++) {
          replace(ids, i, kept);
        }
      }
    }
    for (String key : PAIRS) {
      if (processor.path(key) instanceof ArrayNode pair && pair.path(1).isInt()) {
        replace(pair, 1, kept);
      }
    }
  }

  private static void replace(ArrayNode ids, int index, KeptIds kept) {
    kept.find(ids.get(index).asInt())
        .ifPresent(id -> ids.set(index, JsonNodeFactory.instance.numberNode(id)));
  }
}
