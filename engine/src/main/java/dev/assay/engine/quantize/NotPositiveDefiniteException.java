package dev.assay.engine.quantize;

/** A Hessian cannot be factorised, whatever damping is added. */
public final class NotPositiveDefiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  /**
   * @param damping greatest share of the mean diagonal that was tried
   */
  public NotPositiveDefiniteException(double damping) {
    super("the Hessian is not positive definite even with damping raised to " + damping);
  }
}
