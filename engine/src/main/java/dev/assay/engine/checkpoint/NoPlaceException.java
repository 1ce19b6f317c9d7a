package dev.assay.engine.checkpoint;

/** A layout has no place for a linear; the message says why, in the words that follow a colon. */
public final class NoPlaceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NoPlaceException(String why) {
    super(why);
  }
}
