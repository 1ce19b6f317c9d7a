package dev.assay.leaderboard.result;

/**
 * The calibration samples that the compression saw.
 *
 * @param dataset name
 * @param split split
 * @param datasetSha256 hash of the split's text
 * @param sampling {@code random} or {@code first}, and what else there is to say of it
 * @param samples number of sequences
 * @param length tokens a sequence
 * @param seed seed of the sampling
 * @param tokenIdsSha256 hash of the token ids, little-endian 64-bit, sequence after sequence
 */
public record CalibrationSamples(
    String dataset,
    String split,
    String datasetSha256,
    String sampling,
    int samples,
    int length,
    long seed,
    String tokenIdsSha256) {
  public CalibrationSamples {
    Require.atLeast("samples", 1, samples);
    Require.atLeast("length", 1, length);
  }

  /** The same with other words for how they were drawn. */
  public CalibrationSamples sampledBy(String other) {
    return new CalibrationSamples(
        dataset, split, datasetSha256, other, samples, length, seed, tokenIdsSha256);
  }
}
