package dev.assay.engine.tokenizer;

import dev.assay.engine.config.BadInputException;
import java.nio.file.Path;

/** Holds a tokenizer against the model that it is to feed. */
public final class VocabularyCheck {
  private VocabularyCheck() {}

  /**
   * Makes sure that the model has a row for every id of the tokenizer. A model may have more rows:
   * many are padded.
   *
   * @param configuration the file that states the model's {@code vocab_size}
   * @param vocabularySize rows of the model's embedding
   * @throws BadInputException if the tokenizer has ids beyond them; the message names both files
   */
  public static void require(Tokenizer tokenizer, Path configuration, long vocabularySize) {
    if (tokenizer.largestId() >= vocabularySize) {
      throw new BadInputException(
          "%s: found ids up to %d, expected them below the vocab_size of %d in %s"
              .formatted(tokenizer.name(), tokenizer.largestId(), vocabularySize, configuration));
    }
  }
}
