package dev.assay.engine.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.model.ModelSpec;

/** An architecture, found by {@link java.util.ServiceLoader}. */
public interface Family {
  /** The {@code model_type} of its configurations. */
  String modelType();

  /**
   * The transformer that a configuration describes.
   *
   * @throws IllegalArgumentException naming the key, what was found and what was expected
   */
  ModelSpec architecture(JsonNode config);
}
