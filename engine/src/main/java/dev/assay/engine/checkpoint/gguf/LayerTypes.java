package dev.assay.engine.checkpoint.gguf;

import java.util.ArrayList;
import java.util.List;

/** Hugging Face's list of what each layer's attention sees. */
final class LayerTypes {
  static final String KEY = "layer_types";
  static final String SLIDING = "sliding_attention";

  private LayerTypes() {}

  /** The list of a configuration; empty if it has none. */
  static List<String> of(ModelConfig config) {
    List<String> types = new ArrayList<>();
    config.json().path(KEY).forEach(type -> types.add(type.asText()));
    return types;
  }
}
