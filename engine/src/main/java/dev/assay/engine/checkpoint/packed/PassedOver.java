package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the object {@code assay} of a configuration says of a model beside its weights, which other
 * tools pass over.
 *
 * @param section the object; a missing node where there is none
 * @param written what the keys that they read say
 */
record PassedOver(JsonNode section, WrittenQuantization written) {
  private static final SortedMap<String, String> MODEL =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.of(
                  "exits",
                  "tokens leave before the last layer once the head is sure of them",
                  "experts",
                  "tokens skip experts that the router likes far less than their first",
                  "layers",
                  "layers have other shapes than config.json says for all",
                  "folded",
                  "norms only divide by the root mean square, their means and biases are folded"
                      + " into linears",
                  "biases",
                  "linears have biases that the family has not",
                  "sliced",
                  "the residual stream is narrower between layers, and multiplied by matrices of"
                      + " the layers")));

  /** Keys without which the model is another one, with what they say. */
  SortedMap<String, String> obstacles() {
    SortedMap<String, String> said = new TreeMap<>(MODEL);
    said.keySet().removeIf(key -> section.path(key).isEmpty());
    return said;
  }

  /** Whether only the object says what is done to inputs, so that no linear was noted. */
  boolean inputs() {
    return !section.path("inputs").isEmpty()
        && written.inputs().values().stream().noneMatch(input -> input.rounds() || input.turns());
  }

  /** Whether only the object says how keys and values are kept. */
  boolean caches() {
    return !section.path("caches").isEmpty() && written.caches().isEmpty();
  }
}
