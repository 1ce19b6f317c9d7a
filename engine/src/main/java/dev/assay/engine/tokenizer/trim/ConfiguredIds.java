package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The token ids that a {@code config.json} or {@code generation_config.json} names, one by one or
 * in lists: {@code bos_token_id}, {@code eos_token_id} and the like, and tokens that generation is
 * to pass over.
 */
public final class ConfiguredIds {
  private static final Set<String> LISTS =
      Set.of("suppress_tokens", "begin_suppress_tokens", "bad_words_ids");

  private ConfiguredIds() {}

  private static boolean isIds(String key) {
    return key.endsWith("_token_id") || key.endsWith("_token_ids") || LISTS.contains(key);
  }

  /** All of them. */
  public static Set<Integer> of(JsonNode config) {
    Set<Integer> ids = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      if (isIds(entry.getKey())) {
        collect(entry.getValue(), ids);
      }
    }
    return ids;
  }

  private static void collect(JsonNode value, Set<Integer> ids) {
    if (value.isInt()) {
      ids.add(value.intValue());
    }
    value.forEach(each -> collect(each, ids));
  }

  /** The same with new ids; one that names no token becomes null, in lists nothing. */
  public static ObjectNode renumbered(ObjectNode config, KeptIds kept) {
    ObjectNode other = config.deepCopy();
    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      if (isIds(entry.getKey())) {
        other.set(
            entry.getKey(), renumbered(entry.getValue(), kept).orElse(NullNode.getInstance()));
      }
    }
    return other;
  }

  private static Optional<JsonNode> renumbered(JsonNode value, KeptIds kept) {
    if (value.isInt()) {
      return value.intValue() < 0
          ? Optional.of(value)
          : kept.find(value.intValue()).map(JsonNodeFactory.instance::numberNode);
    }
    if (value.isArray()) {
      ArrayNode others = JsonNodeFactory.instance.arrayNode();
      value.forEach(each -> renumbered(each, kept).ifPresent(others::add));
      return Optional.of(others);
    }
    return Optional.of(value);
  }
}
