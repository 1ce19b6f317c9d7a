package dev.assay.harness.measure.utilization;

/**
 * What a phase does in a time.
 *
 * @param phase {@code prefill} or {@code decode}
 * @param flops dense-equivalent FLOPs of one pass
 * @param effectiveFlops FLOPs of one pass with zeros skipped
 * @param bytes bytes that one pass has to move at least
 * @param seconds time of one pass
 */
record Work(String phase, double flops, double effectiveFlops, double bytes, double seconds) {
  /** Dense-equivalent FLOPs for each byte moved. */
  double intensity() {
    return flops / bytes;
  }

  /** Dense-equivalent FLOP/s. */
  double achieved() {
    return flops / seconds;
  }
}
