package dev.assay.engine.working;

/** A weight that was written reads back as another one. */
public final class UnfaithfulWeightException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnfaithfulWeightException(String message) {
    super(message);
  }
}
