package dev.assay.leaderboard.result;

/**
 * A linear of the artifact, read back after it was written and held against what was meant.
 *
 * @param linear name in the model
 * @param largestDifference of a value from the one that was meant
 * @param sparsity share of the values that are exactly zero
 * @param finite whether all values are finite
 */
public record ReadBack(String linear, double largestDifference, double sparsity, boolean finite) {
  public ReadBack {
    Magnitude.require(linear + ": largestDifference", largestDifference);
    Magnitude.require(linear + ": sparsity", sparsity);
  }
}
