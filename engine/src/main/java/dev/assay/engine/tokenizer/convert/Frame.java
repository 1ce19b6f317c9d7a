package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The special tokens that stand around a text, for example BOS in front.
 *
 * @param before those in front
 * @param after those behind
 */
public record Frame(List<AddedToken> before, List<AddedToken> after) {
  /** A text alone. */
  public static final Frame NONE = new Frame(List.of(), List.of());

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  public Frame {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /** The {@code post_processor} that puts them there. */
  JsonNode toJson() {
    if (before.isEmpty() && after.isEmpty()) {
      return NullNode.instance;
    }
    ObjectNode processor = JSON.objectNode().put("type", "TemplateProcessing");
    processor.set("single", around("A", 0, JSON.arrayNode()));
    processor.set("pair", around("B", 1, around("A", 0, JSON.arrayNode())));
    Map<String, AddedToken> tokens = new LinkedHashMap<>();
    before.forEach(token -> tokens.put(token.content(), token));
    after.forEach(token -> tokens.put(token.content(), token));
    ObjectNode special = processor.putObject("special_tokens");
    for (AddedToken token : tokens.values()) {
      ObjectNode entry = special.putObject(token.content()).put("id", token.content());
      entry.putArray("ids").add(token.id());
      entry.putArray("tokens").add(token.content());
    }
    return processor;
  }

  private ArrayNode around(String sequence, int type, ArrayNode template) {
    before.forEach(token -> part(template, "SpecialToken", token.content(), type));
    part(template, "Sequence", sequence, type);
    after.forEach(token -> part(template, "SpecialToken", token.content(), type));
    return template;
  }

  private static void part(ArrayNode template, String kind, String id, int type) {
    template.addObject().putObject(kind).put("id", id).put("type_id", type);
  }
}
