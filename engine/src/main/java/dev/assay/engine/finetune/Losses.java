package dev.assay.engine.finetune;

import dev.assay.engine.distill.CrossEntropy;
import dev.assay.engine.distill.Reduction;
import dev.assay.engine.distill.WeightedTerm;

/** Losses that stages have where none is written. */
final class Losses {
  private Losses() {}

  /** Of the next token alone. */
  static WeightedTerm labels() {
    return new WeightedTerm(1, new CrossEntropy(0, Reduction.TOKENS));
  }
}
