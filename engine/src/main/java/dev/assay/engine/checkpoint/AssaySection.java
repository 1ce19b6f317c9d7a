package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The object {@code assay} of a configuration, which says of a model what Hugging Face's own keys
 * cannot. Here of its weights: how those are stored that are in no published format. What it says
 * of shapes, inputs and caches is the families' to read.
 */
public final class AssaySection {
  /** Key in {@code config.json}. */
  public static final String KEY = "assay";

  /** Key within of how weights are stored that are in no published format. */
  public static final String WEIGHTS = "weights";

  private static final String MODULES = "modules";

  private AssaySection() {}

  /** How linears are stored that are in no published format, by prefix. */
  static SortedMap<String, JsonNode> weights(JsonNode config) {
    SortedMap<String, JsonNode> entries = new TreeMap<>();
    for (JsonNode entry : config.path(KEY).path(WEIGHTS)) {
      entry.path(MODULES).forEach(module -> entries.put(module.asText(), entry));
    }
    return entries;
  }

  /** Says it in a configuration, in the place of what that said. */
  static void setWeights(ObjectNode config, SortedMap<String, ObjectNode> entries) {
    ObjectNode section =
        config.path(KEY) instanceof ObjectNode there
            ? there
            : JsonNodeFactory.instance.objectNode();
    section.remove(WEIGHTS);
    Map<ObjectNode, ArrayNode> alike = new LinkedHashMap<>();
    entries.forEach(
        (module, entry) ->
            alike.computeIfAbsent(entry, e -> JsonNodeFactory.instance.arrayNode()).add(module));
    if (!alike.isEmpty()) {
      ArrayNode weights = section.putArray(WEIGHTS);
      alike.forEach((entry, modules) -> weights.add(entry.deepCopy().set(MODULES, modules)));
    }
    if (section.isEmpty()) {
      config.remove(KEY);
    } else {
      config.set(KEY, section);
    }
  }
}
