package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.List;

/** Writes how many layers a model has where its configuration says it. */
final class LayerCounts {
  /** Keys that families have for it. */
  static final List<String> KEYS = List.of("num_hidden_layers", "n_layer");

  private static final String ENCODER = "num_layers";
  private static final String DECODER = "num_decoder_layers";
  private static final String TYPES = "layer_types";

  private LayerCounts() {}

  /** A copy of a configuration with the number of a model's layers, and with their kinds. */
  static ObjectNode set(JsonNode config, ModelSpec spec) {
    ObjectNode copy = config.deepCopy();
    if (spec.kind() == ModelSpec.Kind.ENCODER_DECODER) {
      int encoder = spec.stacks().get(0).depth();
      int decoder = spec.main().depth();
      copy.put(ENCODER, encoder);
      if (copy.has(DECODER) || encoder != decoder) {
        copy.put(DECODER, decoder);
      }
      return copy;
    }
    KEYS.stream().filter(copy::has).forEach(key -> copy.put(key, spec.main().depth()));
    if (copy.path(TYPES).isArray()) {
      ArrayNode types = copy.putArray(TYPES);
      for (int layer = 0; layer < spec.main().depth(); layer++) {
        types.add(type(spec.main(), layer));
      }
    }
    return copy;
  }

  private static String type(Stack stack, int layer) {
    return stack.layer(layer).attention().window() > 0 ? "sliding_attention" : "full_attention";
  }
}
