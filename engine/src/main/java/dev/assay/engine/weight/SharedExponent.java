package dev.assay.engine.weight;

/**
 * How a block's power of two follows from its greatest magnitude m, the element's greatest power of
 * two being 2^p and its greatest number v. The Open Compute Project's text has the floor.
 */
public enum SharedExponent {
  /** floor(log2 m) − p: what is beyond v then is v. */
  FLOOR,
  /** ceil(log2 m) − p. */
  CEIL,
  /** The floor of m rounded to a few bits of mantissa before, half up. */
  EVEN,
  /** ceil(log2(m / v)): nothing is beyond v. */
  RCEIL
}
