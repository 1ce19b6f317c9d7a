package dev.assay.engine.finetune;

import dev.assay.engine.calibration.NamePattern;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.ValueNames;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which tensors a recipe has trained.
 *
 * @param only those that it names; empty for all
 */
record TrainedNames(List<NamePattern> only) {
  /**
   * @param patterns as a recipe has them; null for all
   * @throws dev.assay.engine.config.InvalidValueException if one is none
   */
  static TrainedNames of(@Nullable List<String> patterns) {
    return new TrainedNames(
        patterns == null
            ? List.of()
            : patterns.stream().map(each -> NamePattern.of("only", each)).toList());
  }

  /** Whether it is one of them. */
  boolean has(String name) {
    return only.isEmpty() || only.stream().anyMatch(pattern -> pattern.fits(Stream.of(name)));
  }

  /**
   * Makes sure that each pattern fits a tensor.
   *
   * @param trained names of all
   * @throws BadInputException naming the first that fits none
   */
  void requireEach(Collection<String> trained) {
    for (NamePattern pattern : only) {
      if (!pattern.fits(trained.stream())) {
        throw new BadInputException(
            "training: only: '%s' fits no tensor that is trained".formatted(pattern.text()));
      }
    }
  }

  /**
   * The same of all that a model may have, before a tensor of it is read.
   *
   * @param checkpoint that it comes from
   * @throws BadInputException naming the first that fits none
   */
  void require(ModelSpec model, Checkpoint checkpoint) {
    if (only.isEmpty()) {
      return;
    }
    Set<String> names = ValueNames.of(model, checkpoint);
    for (NamePattern pattern : only) {
      if (!pattern.fits(names.stream())) {
        throw new BadInputException(
            "training: only: '%s' fits no tensor of the model, expected some such as %s"
                .formatted(pattern.text(), names.iterator().next()));
      }
    }
  }
}
