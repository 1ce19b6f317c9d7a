package dev.assay.engine.checkpoint.torch.pickle;

/** A pickle that is damaged or asks for what a state dictionary does not need. */
public final class PickleException extends Exception {
  private static final long serialVersionUID = 1;

  public PickleException(String message) {
    super(message);
  }
}
