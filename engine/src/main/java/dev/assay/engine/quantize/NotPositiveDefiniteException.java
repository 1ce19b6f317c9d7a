package dev.assay.engine.quantize;

/** A Hessian cannot be factorised, whatever damping is added. */
public final class NotPositiveDefiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private final double damping;

  /**
   * @param damping greatest share of the mean diagonal that was tried
   */
  public NotPositiveDefiniteException(double damping) {
    super(words(damping));
    this.damping = damping;
  }

  /** Why something else was done. */
  public String words() {
    return words(damping);
  }

  private static String words(double damping) {
    return "the Hessian is not positive definite even with damping raised to " + damping;
  }
}
