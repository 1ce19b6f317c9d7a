package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.model.ModelSpec;
import java.util.List;
import java.util.function.Function;

/** Writes how wide a model's residual stream is where its configuration says it. */
final class StreamWidth {
  /** Keys that families have for it. */
  static final List<String> KEYS =
      List.of("hidden_size", "n_embd", "n_embed", "word_embed_proj_dim");

  private static final String HEAD = "head_dim";

  private StreamWidth() {}

  /**
   * A configuration that says a model's width, and that of its heads, which follows from it no
   * more; as it is where it says so already.
   *
   * @param plain reads a configuration without Assay's section
   */
  static ObjectNode set(ObjectNode config, ModelSpec spec, Function<JsonNode, ModelSpec> plain) {
    int width = spec.spec().hiddenSize();
    if (plain.apply(config).spec().hiddenSize() == width) {
      return config;
    }
    ObjectNode copy = config.deepCopy();
    if (LayerShapes.reads(config, HEAD, plain)) {
      copy.put(HEAD, spec.main().layer(0).attention().headDimension());
    }
    KEYS.stream().filter(copy::has).forEach(key -> copy.put(key, width));
    return copy;
  }
}
