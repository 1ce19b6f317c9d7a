package dev.assay.harness.run.need;

import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.model.StackSpec;

/** Foretells what training a model holds at once. */
final class TrainingNeed {
  /** Logits, their logarithms of probabilities, and the gradients of both. */
  private static final long LOGITS = 4;

  /** What goes into and out of linears, and about as much again of what stands between them. */
  private static final long BETWEEN = 2;

  private TrainingNeed() {}

  /** Numbers in float32: weights, gradients, moments, activations, logits and teachers. */
  static long numbers(ModelShape shape, TrainingExtent extent) {
    StackSpec spec = shape.architecture().spec();
    long trained = extent.trained() < 0 ? shape.parameters() : extent.trained();
    long tokens = extent.sequences() * extent.length();
    long layers = shape.architecture().layers();
    long layer = tokens * (BETWEEN * shape.tokenWidth() + shape.heads() * extent.length());
    long activations =
        extent.recomputes() ? layer + (layers + 1) * tokens * spec.hiddenSize() : layers * layer;
    long student =
        shape.parameters()
            + (1 + extent.memories()) * trained
            + activations
            + LOGITS * tokens * spec.vocabularySize();
    int teachers = extent.originals() + (extent.teachers() > 0 ? 1 : 0);
    long taught = extent.originals() * shape.parameters() + extent.teachers();
    // Logits and their logarithms of probabilities.
    long shown = 2L * teachers * spec.vocabularySize();
    return extent.apart()
        ? Math.max(student, taught + layer / extent.sequences() + shown * extent.length())
        : student + taught + shown * tokens;
  }
}
