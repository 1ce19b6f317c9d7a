package dev.assay.engine.weight;

/**
 * How a block's power of two follows from its greatest magnitude m, the element's greatest power of
 * two being 2^p and its greatest number v. The Open Compute Project's text has the floor.
 */
public enum SharedExponent {
  /** floor(log2 m) − p: what is beyond v then is v. */
  FLOOR(0),
  /** ceil(log2 m) − p. */
  CEIL(1),
  /** The floor of m rounded to a few bits of mantissa before, half up. */
  EVEN(2),
  /** ceil(log2(m / v)): nothing is beyond v. */
  RCEIL(3);

  private final long scriptCode;

  SharedExponent(long scriptCode) {
    this.scriptCode = scriptCode;
  }

  /** The number that stands for it in scripts. */
  long scriptCode() {
    return scriptCode;
  }
}
