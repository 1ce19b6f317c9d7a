package dev.assay.harness.measure.perplexity;

/**
 * Losses added up in double precision.
 *
 * @param nats sum of −log p
 * @param count number of tokens scored
 */
record LossSum(double nats, long count) {

  /**
   * The sum over the last losses of a window.
   *
   * @param losses of the window's tokens 1 … t − 1
   * @param last how many of them count
   * @param window index of the window, for the error
   * @throws NotFiniteException if one of them is not finite
   */
  static LossSum ofLast(float[] losses, int last, int window) {
    double nats = 0;
    for (int i = losses.length - last; i < losses.length; i++) {
      if (!Float.isFinite(losses[i])) {
        throw new NotFiniteException(losses[i], i + 1, window);
      }
      nats += losses[i];
    }
    return new LossSum(nats, last);
  }

  /** Mean loss of a token. */
  double mean() {
    return nats / count;
  }
}
