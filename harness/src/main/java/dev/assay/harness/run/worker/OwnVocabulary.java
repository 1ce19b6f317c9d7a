package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether texts are read in the vocabulary of a cell's model or in what a stage left of it, as
 * perplexities in different vocabularies do not compare.
 *
 * @param model the model, as it was before all stages
 */
record OwnVocabulary(Path model) {
  private static final int SHA256_DIGITS = 12;

  /** How a tokenizer's vocabulary differs from the model's own; empty where it does not. */
  Optional<String> differenceOf(Tokenizer tokenizer) {
    try (Tokenizer own = Checkpoint.open(model).tokenizer()) {
      return own.vocabSize() == tokenizer.vocabSize()
          ? Optional.empty()
          : Optional.of(
              String.format(
                  Locale.ROOT,
                  "trimmed to %d of %d tokens, sha256 %s",
                  tokenizer.vocabSize(),
                  own.vocabSize(),
                  tokenizer.sha256().substring(0, SHA256_DIGITS)));
    }
  }
}
