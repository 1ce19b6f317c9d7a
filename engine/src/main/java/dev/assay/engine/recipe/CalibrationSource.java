package dev.assay.engine.recipe;

import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the stages of a recipe have their calibration samples from. */
@FunctionalInterface
public interface CalibrationSource {
  /**
   * Samples in a model's own tokens.
   *
   * @param model the model, or what the first stage has made of it
   * @param spec what it is
   * @return token ids of sequences of one length
   */
  List<long[]> of(Checkpoint model, ModelSpec spec);

  /** Where stages that train have texts from, in the tokens of such a model. */
  default TextSource texts(Checkpoint model, ModelSpec spec) {
    return TextSource.NONE;
  }

  /**
   * A directory in which what teachers make of texts is kept for other runs; nothing where it is
   * kept for this run alone.
   */
  default Optional<Path> teachers() {
    return Optional.empty();
  }
}
