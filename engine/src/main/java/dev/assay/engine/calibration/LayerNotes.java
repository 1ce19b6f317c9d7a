package dev.assay.engine.calibration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.LayerCut;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an interrupted walk has to know of the layers that it had done. */
final class LayerNotes {
  private static final String OUTCOMES = "outcomes";
  private static final String SCHEMES = "schemes";
  private static final String FORMATS = "formats";
  private static final String CACHE = "cache";
  private static final String HEADS = "keyValueHeads";
  private static final String WIDTH = "intermediateSize";
  private static final String BIASED = "biased";
  private static final ObjectMapper JSON = new ObjectMapper();

  private LayerNotes() {}

  /**
   * The notes of a layer.
   *
   * @param before what it was
   * @param after what it has become
   * @param stored its weights that were stored
   */
  static ObjectNode of(
      List<LinearOutcome> outcomes,
      LayerSpec before,
      LayerSpec after,
      Map<String, StoredWeight> stored) {
    ObjectNode notes = JsonNodeFactory.instance.objectNode();
    ArrayNode all = notes.putArray(OUTCOMES);
    outcomes.forEach(outcome -> all.add(JSON.<JsonNode>valueToTree(outcome)));
    ObjectNode schemes = notes.putObject(SCHEMES);
    after
        .linears()
        .forEach(
            (name, linear) -> {
              if (!linear.input().equals(before.linear(name).input())) {
                schemes.set(name, linear.input().json());
              }
            });
    notes.put(HEADS, after.attention().keyValueHeads());
    notes.put(WIDTH, after.feedForward().intermediateSize());
    ArrayNode biased = notes.putArray(BIASED);
    after.layout().parts().filter(Linear::biased).map(Linear::name).forEach(biased::add);
    if (!after.cache().equals(before.cache())) {
      notes.set(CACHE, after.cache().json());
    }
    ObjectNode formats = notes.putObject(FORMATS);
    stored.forEach((name, weight) -> formats.put(name, weight.format()));
    return notes;
  }

  /** The layer with as many heads and channels as it was left with, and with the biases. */
  static LayerSpec shape(JsonNode notes, LayerSpec before) {
    Set<String> biased = new HashSet<>();
    notes.path(BIASED).forEach(name -> biased.add(name.asText()));
    return LayerCut.first(before, notes.path(HEADS).asInt(), notes.path(WIDTH).asInt())
        .of(before)
        .withBiases(biased);
  }

  /** In which form keys and values are kept, if they were in another before. */
  static Optional<CacheScheme> cache(JsonNode notes) {
    return notes.has(CACHE) ? Optional.of(CacheScheme.of(notes.path(CACHE))) : Optional.empty();
  }

  /** In which forms weights are stored that were in others before, by linear. */
  static Map<String, String> formats(JsonNode notes) {
    Map<String, String> formats = new LinkedHashMap<>();
    notes
        .path(FORMATS)
        .properties()
        .forEach(field -> formats.put(field.getKey(), field.getValue().asText()));
    return formats;
  }

  /** What happened to each linear. */
  static List<LinearOutcome> outcomes(JsonNode notes) {
    List<LinearOutcome> outcomes = new ArrayList<>();
    notes
        .path(OUTCOMES)
        .forEach(outcome -> outcomes.add(JSON.convertValue(outcome, LinearOutcome.class)));
    return outcomes;
  }

  /** What is done to inputs that was not before, by linear. */
  static Map<String, InputScheme> schemes(JsonNode notes) {
    Map<String, InputScheme> schemes = new LinkedHashMap<>();
    notes
        .path(SCHEMES)
        .properties()
        .forEach(field -> schemes.put(field.getKey(), InputScheme.of(field.getValue())));
    return schemes;
  }
}
