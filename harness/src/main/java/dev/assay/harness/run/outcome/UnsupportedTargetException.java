package dev.assay.harness.run.outcome;

/** A cell asks for something that this build or this machine does not have. */
public final class UnsupportedTargetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnsupportedTargetException(String message) {
    super(message);
  }
}
