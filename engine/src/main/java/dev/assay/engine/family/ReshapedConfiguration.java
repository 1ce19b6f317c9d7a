package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.AssaySection;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the configuration of a model of other sizes, by the keys of its family. What a family has
 * no key for, or cannot have, is refused.
 *
 * @param plain reads a configuration without Assay's section
 */
record ReshapedConfiguration(Function<JsonNode, ModelSpec> plain) {
  private static final String TYPES = "layer_types";

  /** All sizes of a model, none left out. */
  private record Sizes(
      int hidden, int layers, int heads, int keyValueHeads, int headWidth, int feedForward) {
    static Sizes of(ModelSpec spec) {
      LayerSpec layer = spec.main().layer(0);
      AttentionSpec attention = layer.attention();
      return new Sizes(
          spec.spec().hiddenSize(),
          spec.main().depth(),
          attention.heads(),
          attention.keyValueHeads(),
          attention.headDimension(),
          layer.feedForward().intermediateSize());
    }

    Sizes with(WantedShape wanted) {
      int wide = otherwise(wanted.hidden(), hidden);
      int queries = otherwise(wanted.heads(), heads);
      Integer shared = wanted.keyValueHeads();
      Integer width = wanted.headWidth();
      return new Sizes(
          wide,
          otherwise(wanted.layers(), layers),
          queries,
          shared == null ? shared(queries) : shared,
          width == null ? headWidth(wide, queries) : width,
          otherwise(wanted.feedForward(), (int) Math.max(1, (long) feedForward * wide / hidden)));
    }

    private static int otherwise(@Nullable Integer value, int other) {
      return value == null ? other : value;
    }

    private int shared(int queries) {
      int group = heads / keyValueHeads;
      if (keyValueHeads == 1) {
        return 1;
      }
      if (queries % group != 0) {
        throw new IllegalArgumentException(
            "keyValueHeads: found none, and %d heads, expected their number, or a multiple of the %d heads that share one"
                .formatted(queries, group));
      }
      return queries / group;
    }

    private int headWidth(int wide, int queries) {
      if ((long) heads * headWidth != hidden) {
        return headWidth;
      }
      if (wide % queries != 0) {
        throw new IllegalArgumentException(
            "headWidth: found none, and %d heads beside a stream of %d, expected it, or a number of heads that divides the stream"
                .formatted(queries, wide));
      }
      return wide / queries;
    }
  }

  /**
   * The configuration.
   *
   * @throws IllegalArgumentException if the family cannot have a model of that shape
   */
  ObjectNode of(JsonNode config, WantedShape wanted) {
    ObjectNode base = config.deepCopy();
    base.remove(AssaySection.KEY);
    Sizes was = Sizes.of(plain.apply(base));
    Sizes sizes = was.with(wanted);
    ObjectNode copy = base.deepCopy();
    StreamWidth.KEYS.stream()
        .filter(key -> base.path(key).asInt() == was.hidden())
        .forEach(key -> copy.put(key, sizes.hidden()));
    LayerCounts.KEYS.stream().filter(base::has).forEach(key -> copy.put(key, sizes.layers()));
    if (base.path(TYPES).isArray()) {
      types(base, copy, sizes.layers());
    }
    numbers(sizes)
        .forEach(
            (name, value) ->
                LayerShapes.spellings(name).stream()
                    .filter(spelling -> LayerShapes.reads(base, spelling, plain))
                    .forEach(spelling -> copy.put(spelling, value)));
    ModelSpec made = plain.apply(copy);
    if (made.main().layers().stream().map(LayerShapes::of).distinct().count() > 1
        || !Sizes.of(made).equals(sizes)) {
      throw new IllegalArgumentException(
          "found %s, which is as near as a configuration of %s comes, expected %s"
              .formatted(Sizes.of(made), made.family(), sizes));
    }
    return copy;
  }

  private static Map<String, Integer> numbers(Sizes sizes) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    numbers.put("num_attention_heads", sizes.heads());
    numbers.put("num_key_value_heads", sizes.keyValueHeads());
    numbers.put("head_dim", sizes.headWidth());
    numbers.put("intermediate_size", sizes.feedForward());
    return numbers;
  }

  /** Kinds of layers, which go on as they began. */
  private static void types(ObjectNode base, ObjectNode copy, int layers) {
    List<JsonNode> kinds = new ArrayList<>();
    base.path(TYPES).forEach(kinds::add);
    ArrayNode types = copy.putArray(TYPES);
    for (int layer = 0; layer < layers; layer++) {
      types.add(kinds.get(layer % kinds.size()));
    }
  }
}
