package dev.assay.harness.measure.weights;

/**
 * What a linear's stored weight amounts to.
 *
 * @param name prefix of its tensors, for example {@code model.layers.0.mlp.up_proj}
 * @param outFeatures rows
 * @param inFeatures columns
 * @param products products that it takes for a token, those by zeros among them: fewer than there
 *     are weights where it is made of factors
 * @param nonZeros how many of those are not by an exact 0
 * @param storedBytes bytes of all tensors of this weight: codes, scales, zeros, indices, bias
 * @param codeBits bits of a weight's code, or of its value where it has none
 * @param share part of the tokens that go through it, from above 0 to 1: less than 1 for an expert
 */
public record LinearWeight(
    String name,
    long outFeatures,
    long inFeatures,
    long products,
    long nonZeros,
    long storedBytes,
    double codeBits,
    double share) {
  public LinearWeight {
    if (outFeatures < 1 || inFeatures < 1) {
      throw new IllegalArgumentException(
          name + ": found [" + outFeatures + ", " + inFeatures + "], expected at least [1, 1]");
    }
    if (nonZeros < 0 || nonZeros > products) {
      throw new IllegalArgumentException(
          name + ": found " + nonZeros + " products other than by 0 of " + products);
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          name + ": found a share of " + share + ", expected above 0 and at most 1");
    }
  }

  /** Number of weights, zeros included. */
  public long count() {
    return outFeatures * inFeatures;
  }
}
