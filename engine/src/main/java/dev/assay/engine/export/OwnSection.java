package dev.assay.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.AssaySection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.stream.Stream;

/** What only Assay's own section of a configuration says of a model. */
final class OwnSection {
  private OwnSection() {}

  /** The keys that are there, of some. */
  static List<String> saidOf(Checkpoint source, String... keys) {
    JsonNode section = source.config().path(AssaySection.KEY);
    return Stream.of(keys).filter(section::has).toList();
  }

  /** A configuration whose section lacks some keys, and is gone where that was all. */
  static JsonNode without(JsonNode config, String... keys) {
    if (!(config.path(AssaySection.KEY) instanceof ObjectNode section)) {
      return config;
    }
    ObjectNode fewer = section.deepCopy().without(List.of(keys));
    ObjectNode changed = config.deepCopy();
    if (fewer.isEmpty()) {
      changed.remove(AssaySection.KEY);
    } else {
      changed.set(AssaySection.KEY, fewer);
    }
    return changed;
  }

  /**
   * Makes sure that other tools compute what the model is: that its configuration says nothing that
   * they would pass over.
   *
   * @param format where the model is to go, for the message
   * @param keys what it has no place for
   * @throws BadInputException if it does
   */
  static void requireNothingOf(Checkpoint source, String format, String... keys) {
    List<String> said = saidOf(source, keys);
    if (!said.isEmpty()) {
      throw new BadInputException(
          "%s: key %s: found %s, expected nothing for %s, which has no place for it"
              .formatted(source.configuration(), AssaySection.KEY, said, format));
    }
  }
}
