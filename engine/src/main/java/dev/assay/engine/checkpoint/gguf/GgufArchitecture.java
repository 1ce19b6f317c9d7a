package dev.assay.engine.checkpoint.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** How the GGUF files of an architecture say what Hugging Face's configuration and names say. */
public interface GgufArchitecture {
  /** The value of {@code general.architecture} and the prefix of its keys. */
  String name();

  /** The values of {@code model_type} of Hugging Face's configuration, the usual one first. */
  default List<String> modelTypes() {
    return List.of(name());
  }

  /**
   * All modules of a model: those outside layers first, in the order in which files have them.
   *
   * @param config Hugging Face's configuration
   */
  List<TensorMapping> modules(JsonNode config);

  /** Number of experts in a layer; 1 where there are none. */
  default int experts(JsonNode config) {
    return 1;
  }

  /** What readers of a file that is written do otherwise than the model, a line each. */
  default List<String> notes(JsonNode config) {
    return List.of();
  }

  /** Tensors of a file that go into the configuration and are no parameters. */
  default Set<String> constants() {
    return Set.of();
  }

  /**
   * Hugging Face's configuration of a file's model.
   *
   * @throws dev.assay.engine.config.BadInputException if a key is missing or means nothing
   */
  ObjectNode config(GgufFile file);

  /**
   * The architecture's keys of a model, in the order in which files have them.
   *
   * @throws dev.assay.engine.config.BadInputException if the format cannot say it
   */
  Map<String, GgufValue> metadata(JsonNode config);

  /** Values of the tensors that {@link #constants} names, as far as a model has them. */
  default SortedMap<String, float[]> constants(JsonNode config) {
    return new TreeMap<>();
  }

  /** Number of layers that have a module; of an encoder and a decoder each has its own. */
  default int layers(JsonNode config, TensorMapping module) {
    return layers(config);
  }

  /** Number of layers. */
  default int layers(JsonNode config) {
    return new ModelConfig(config).whole("num_hidden_layers");
  }
}
