package dev.assay.engine.model;

/**
 * The norms of a transformer.
 *
 * @param kind what they do
 * @param epsilon added to the mean square or the variance
 */
public record NormSpec(Kind kind, double epsilon) {
  /** What a norm does. */
  public enum Kind {
    /** Root mean square, times a weight (Zhang and Sennrich 2019). */
    RMS(false, 0),
    /** Root mean square, times one plus a weight. */
    RMS_PLUS_ONE(false, 1),
    /** Mean and variance, times a weight, plus a bias (Ba et al. 2016). */
    LAYER(true, 0);

    private final boolean biased;
    private final double offset;

    Kind(boolean biased, double offset) {
      this.biased = biased;
      this.offset = offset;
    }

    /** Whether a bias goes with the weight. */
    public boolean biased() {
      return biased;
    }

    /** What is added to the stored weight to give the factor. */
    public double offset() {
      return offset;
    }
  }

  public NormSpec {
    if (!(epsilon > 0 && Double.isFinite(epsilon))) {
      throw new IllegalArgumentException("epsilon: found " + epsilon + ", expected above 0");
    }
  }
}
