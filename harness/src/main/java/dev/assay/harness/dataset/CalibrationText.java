package dev.assay.harness.dataset;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.tokenizer.VocabularyCheck;

/**
 * A text that a model is calibrated on.
 *
 * @param purpose what it is for, for messages
 * @param split the text
 */
public record CalibrationText(String purpose, DatasetSplit split) {
  /**
   * The sequences of it that a model reads, in its own tokens.
   *
   * @param length tokens of each
   * @throws BadInputException if the text is too short for them, or has a token that the model has
   *     no row for
   */
  public CalibrationSequences sequences(
      Checkpoint source, ModelSpec architecture, Calibration calibration, int length, long seed) {
    CalibrationSequences sequences;
    try (Tokenizer tokenizer = source.tokenizer()) {
      sequences =
          new CalibrationSampler(
                  calibration.sampling(),
                  calibration.samples(),
                  length,
                  TokenSequence.bosOfEach(tokenizer, calibration.bos()),
                  seed)
              .sample(TokenSequence.of(split, tokenizer, calibration.bos()));
    }
    for (long[] ids : sequences.ids()) {
      VocabularyCheck.require(
          purpose + " on " + split.dataset(),
          ids,
          source.configuration(),
          architecture.spec().vocabularySize());
    }
    return sequences;
  }
}
