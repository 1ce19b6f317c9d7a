package dev.assay.harness.suite;

/** In which arithmetic a quality metric is taken. */
public enum QualityArithmetic {
  /** The stored weights, dequantised, in float32: the quality of the compression alone. */
  FLOAT32,
  /** The very kernels and dtype that latency is taken with. */
  EXECUTION
}
