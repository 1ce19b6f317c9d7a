package dev.assay.engine.synthetic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.family.Families;
import java.util.List;

/** All tensors that a checkpoint of an architecture has. */
public interface ParameterList {
  /** The tensors, each once; a head that is tied to the embedding is none of its own. */
  List<Parameter> parameters();

  /** Number of all elements. */
  default long count() {
    return parameters().stream().mapToLong(parameter -> parameter.shape().size()).sum();
  }

  /**
   * The tensors of a configuration.
   *
   * @throws IllegalArgumentException if it is of no family that this build knows, naming the key
   */
  static ParameterList of(JsonNode config) {
    return new ArchitectureParameters(new Families().architecture(config), config);
  }
}
