package dev.assay.engine.linear;

/** The libtorch kernels that multiply by a weight, with their numbers in {@code kernels.py}. */
public enum Kernel {
  /** A plain matrix product. */
  DENSE(0),
  /** A matrix product with the weight reordered once for oneDNN. */
  DENSE_PREPACKED(1),
  /** Group-wise int4 codes; dequantised on the fly for more than a few rows of input. */
  INT4_PACKED(2),
  /** Row-wise int8 codes; dequantised on the fly for more than a few rows of input. */
  INT8_PACKED(3);

  private final long code;

  Kernel(long code) {
    this.code = code;
  }

  long code() {
    return code;
  }
}
