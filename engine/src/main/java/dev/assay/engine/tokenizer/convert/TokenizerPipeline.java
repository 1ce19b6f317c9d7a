package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.config.BadInputException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The parts of a {@code tokenizer.json}, version 1.0.
 *
 * @param name of what it is made from, for messages
 * @param vocabulary token to id, without added tokens
 * @param normalizer what is done to a text first; JSON null for nothing
 * @param preTokenizer how a text is split; JSON null for not at all
 * @param model vocabulary and rules
 * @param decoder how tokens become text
 */
record TokenizerPipeline(
    String name,
    Map<String, Integer> vocabulary,
    JsonNode normalizer,
    JsonNode preTokenizer,
    JsonNode model,
    JsonNode decoder) {
  static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /**
   * The file's text.
   *
   * @throws BadInputException if an added token's id is not the one that the library would give it
   */
  String text(Collection<AddedToken> added, Frame frame) {
    ObjectNode root = JSON.objectNode().put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode tokens = root.putArray("added_tokens");
    inOrder(added).forEach(token -> tokens.add(token.toJson()));
    root.set("normalizer", normalizer);
    root.set("pre_tokenizer", preTokenizer);
    root.set("post_processor", frame.toJson());
    root.set("decoder", decoder);
    root.set("model", model);
    return root.toString();
  }

  /**
   * The library numbers added tokens itself: those of the vocabulary as there, the others from the
   * vocabulary's size on.
   */
  private List<AddedToken> inOrder(Collection<AddedToken> added) {
    Map<String, AddedToken> byContent = new HashMap<>();
    Map<Integer, AddedToken> byId = new TreeMap<>();
    for (AddedToken token : added) {
      AddedToken same = byContent.putIfAbsent(token.content(), token);
      AddedToken rival = byId.putIfAbsent(token.id(), token);
      if ((same != null && same.id() != token.id())
          || (rival != null && !rival.content().equals(token.content()))) {
        throw new BadInputException(
            "%s: added token '%s': found id %d, which contradicts '%s' with id %d"
                .formatted(
                    name,
                    token.content(),
                    token.id(),
                    (same == null ? Objects.requireNonNull(rival) : same).content(),
                    (same == null ? Objects.requireNonNull(rival) : same).id()));
      }
    }
    int next = vocabulary.size();
    for (AddedToken token : byId.values()) {
      Integer inVocabulary = vocabulary.get(token.content());
      int expected = inVocabulary == null ? next++ : inVocabulary;
      if (token.id() != expected) {
        throw new BadInputException(
            "%s: added token '%s': found id %d, expected %d, %s"
                .formatted(
                    name,
                    token.content(),
                    token.id(),
                    expected,
                    inVocabulary == null
                        ? "the first that is free behind " + vocabulary.size() + " tokens"
                        : "as in the vocabulary"));
      }
    }
    return byId.values().stream().sorted(Comparator.comparingInt(AddedToken::id)).toList();
  }

  static ObjectNode typed(String type) {
    return JSON.objectNode().put("type", type);
  }

  /** Replaces one text by another, both as they are. */
  static ObjectNode replace(String text, String by) {
    ObjectNode replace = typed("Replace");
    replace.putObject("pattern").put("String", text);
    return replace.put("content", by);
  }
}
