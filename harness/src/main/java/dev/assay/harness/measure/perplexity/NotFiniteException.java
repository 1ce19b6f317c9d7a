package dev.assay.harness.measure.perplexity;

/** A loss is infinite or not a number: the model is broken, and no perplexity can be stated. */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotFiniteException(float loss, int token, int window) {
    super(
        "the loss of token "
            + token
            + " of window "
            + window
            + " is "
            + loss
            + ", expected a finite number: weights or activations overflow in this arithmetic");
  }
}
