package dev.assay.engine.train;

import dev.assay.engine.config.BadInputException;

/** A loss, or a gradient, that is no finite number: training cannot go on. */
public final class NotFiniteException extends BadInputException {
  private static final long serialVersionUID = 1;

  /**
   * @param step from 1
   * @param what is not finite
   */
  NotFiniteException(int step, String what) {
    super(
        "step "
            + step
            + ": found "
            + what
            + ", expected finite numbers: a smaller learningRate, or a clipNorm, may help");
  }
}
