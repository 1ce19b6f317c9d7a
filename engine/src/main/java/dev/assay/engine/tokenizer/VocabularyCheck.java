package dev.assay.engine.tokenizer;

import dev.assay.engine.config.BadInputException;
import java.nio.file.Path;

/** Holds the tokens of a text against the model that is to read them. */
public final class VocabularyCheck {
  private VocabularyCheck() {}

  /**
   * Makes sure that the model has a row for every token. Ids of the tokenizer that the text never
   * yields, such as a padding token that was added later, do no harm; nor do rows without a token,
   * as many models are padded.
   *
   * @param text what messages call it
   * @param ids its tokens
   * @param configuration the file that states the model's {@code vocab_size}
   * @param vocabularySize rows of the model's embedding
   * @throws BadInputException if a token has none; the message names the text and the file
   */
  public static void require(String text, long[] ids, Path configuration, long vocabularySize) {
    for (long id : ids) {
      if (id < 0 || id >= vocabularySize) {
        throw new BadInputException(
            "%s: found token id %d, expected ids below the vocab_size of %d in %s"
                .formatted(text, id, vocabularySize, configuration));
      }
    }
  }
}
