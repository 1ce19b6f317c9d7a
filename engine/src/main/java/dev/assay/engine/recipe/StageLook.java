package dev.assay.engine.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.working.ModelSize;

/**
 * What was seen of a model between two stages. Kept beside what the stages changed, so that a run
 * that was interrupted need not look again.
 *
 * @param size what the model amounts to
 * @param told what the caller had to say of it, an object
 */
record StageLook(ModelSize size, JsonNode told) {
  private static final ObjectMapper JSON = new ObjectMapper();

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("size", JSON.<JsonNode>valueToTree(size));
    json.set("told", told);
    return json;
  }

  /**
   * @throws IllegalArgumentException if it is something else
   */
  static StageLook read(JsonNode json) {
    try {
      return new StageLook(JSON.treeToValue(json.path("size"), ModelSize.class), json.path("told"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
