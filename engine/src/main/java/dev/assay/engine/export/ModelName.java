package dev.assay.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a model calls itself. Readers of GGUF files choose quirks by it, so that the name of the
 * directory, which whoever copied the model gave it, is none.
 */
final class ModelName {
  private static final String KEY = "general.name";

  /** A hub's {@code name} or {@code owner/name}; anything else is a place on somebody's disk. */
  private static final Pattern HUB_NAME = Pattern.compile("(?:\\w[\\w.-]*/)?\\w[\\w. +-]*");

  private ModelName() {}

  /**
   * The name that a GGUF file states, or the hub's name that {@code _name_or_path} of the
   * configuration gives, without its owner; otherwise the kind of model.
   */
  static String of(Checkpoint source) {
    Optional<String> stated =
        source.gguf().filter(file -> file.has(KEY)).map(file -> file.text(KEY));
    return stated.or(() -> onHub(source.config())).orElseGet(() -> kind(source.config()));
  }

  private static Optional<String> onHub(JsonNode config) {
    String path = config.path("_name_or_path").asText("");
    return HUB_NAME.matcher(path).matches()
        ? Optional.of(path.substring(path.indexOf('/') + 1))
        : Optional.empty();
  }

  private static String kind(JsonNode config) {
    return config.path("model_type").asText("");
  }
}
