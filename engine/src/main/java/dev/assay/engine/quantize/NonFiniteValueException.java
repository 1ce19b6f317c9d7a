package dev.assay.engine.quantize;

/** A tensor or a result holds values that are infinite or not a number. */
public final class NonFiniteValueException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  public NonFiniteValueException(String message) {
    super(message);
  }
}
