package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What the shape of one layer is called: in Assay's section by Hugging Face's usual names, in a
 * family's configuration as that family has it. A layer of another shape is what the family makes
 * of its configuration with those keys changed.
 */
final class LayerShapes {
  private static final String OWN = "assay.";

  /** Stands for the width of a head in families that have no key for it. */
  static final String HEAD = OWN + "head_dim";

  /** Stands for the width of the feed-forward in families that have no key for it. */
  static final String WIDTH = OWN + "intermediate_size";

  /** Experts of a layer. */
  static final String EXPERTS = "num_local_experts";

  /** Experts that a token goes through. */
  static final String EXPERTS_PER_TOKEN = "num_experts_per_tok";

  /** Usual name to those that families have for the same. */
  private static final Map<String, List<String>> SPELLINGS =
      Map.of(
          "num_attention_heads",
          List.of("num_attention_heads", "n_head", "num_heads"),
          "num_key_value_heads",
          List.of("num_key_value_heads", "num_kv_heads", "n_head_kv"),
          "head_dim",
          List.of("head_dim", "d_kv", HEAD),
          "intermediate_size",
          List.of("intermediate_size", "n_inner", "ffn_dim", "d_ff", "ffn_hidden_size", WIDTH),
          EXPERTS,
          List.of(EXPERTS),
          EXPERTS_PER_TOKEN,
          List.of(EXPERTS_PER_TOKEN));

  private LayerShapes() {}

  /** What families call the same as a usual name. */
  static List<String> spellings(String name) {
    return SPELLINGS.getOrDefault(name, List.of());
  }

  /** The shape of a layer, window left out. */
  static ObjectNode of(LayerSpec layer) {
    AttentionSpec attention = layer.attention();
    FeedForwardSpec feedForward = layer.feedForward();
    ObjectNode shape = JsonNodeFactory.instance.objectNode();
    shape.put("num_attention_heads", attention.heads());
    shape.put("num_key_value_heads", attention.keyValueHeads());
    shape.put("head_dim", attention.headDimension());
    shape.put("intermediate_size", feedForward.intermediateSize());
    if (layer.routed()) {
      shape.put(EXPERTS, feedForward.experts());
      shape.put(EXPERTS_PER_TOKEN, feedForward.expertsPerToken());
    }
    return shape;
  }

  /**
   * A configuration whose own keys say of what shape a model's layers are, where they are all of
   * one and its family has keys for it; as it is otherwise.
   *
   * @param plain reads a configuration without Assay's section
   */
  static ObjectNode written(
      ObjectNode config, ModelSpec spec, Function<JsonNode, ModelSpec> plain) {
    List<ObjectNode> shapes = shapes(spec);
    List<ObjectNode> said = shapes(plain.apply(config));
    if (shapes.size() > 1 || said.size() > 1 || shapes.equals(said)) {
      return config;
    }
    ObjectNode copy = config.deepCopy();
    SPELLINGS.forEach(
        (name, spellings) -> {
          JsonNode value = shapes.get(0).path(name);
          if (!value.isMissingNode()) {
            spellings.stream()
                .filter(spelling -> reads(config, spelling, plain))
                .forEach(spelling -> copy.set(spelling, value));
          }
        });
    return says(copy, spec, plain) ? copy : config;
  }

  /** The different shapes of a model's layers. */
  private static List<ObjectNode> shapes(ModelSpec spec) {
    return spec.stacks().stream()
        .flatMap(stack -> stack.layers().stream())
        .map(LayerShapes::of)
        .distinct()
        .toList();
  }

  /** Whether a family reads a key of a configuration: then it refuses a number below 0 there. */
  static boolean reads(ObjectNode config, String key, Function<JsonNode, ModelSpec> plain) {
    if (key.startsWith(OWN)) {
      return false;
    }
    try {
      ModelSpec unused = plain.apply(config.deepCopy().put(key, -1));
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static boolean says(
      ObjectNode config, ModelSpec spec, Function<JsonNode, ModelSpec> plain) {
    try {
      return shapes(plain.apply(config)).equals(shapes(spec));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The configuration of a model whose layers are all of a shape. */
  static ObjectNode configuration(JsonNode config, JsonNode shape) {
    ObjectNode copy = config.deepCopy();
    SPELLINGS.forEach(
        (name, spellings) -> {
          if (shape.has(name)) {
            spellings.forEach(spelling -> copy.set(spelling, shape.get(name)));
          }
        });
    return copy;
  }
}
