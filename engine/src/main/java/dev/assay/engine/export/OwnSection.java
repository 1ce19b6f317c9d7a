package dev.assay.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.AssaySection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import java.util.List;
import java.util.stream.Stream;

/** What only Assay's own section of a configuration says of a model. */
final class OwnSection {
  private OwnSection() {}

  /**
   * Makes sure that other tools compute what the model is: that its configuration says nothing of
   * layers, inputs and caches that they would pass over.
   *
   * @param format where the model is to go, for the message
   * @throws BadInputException if it does
   */
  static void requireNothingOf(Checkpoint source, String format) {
    JsonNode section = source.config().path(AssaySection.KEY);
    List<String> said =
        Stream.of("layers", "inputs", "caches").filter(key -> section.has(key)).toList();
    if (!said.isEmpty()) {
      throw new BadInputException(
          "%s: key %s: found %s, expected nothing for %s, which has no place for it"
              .formatted(source.configuration(), AssaySection.KEY, said, format));
    }
  }
}
