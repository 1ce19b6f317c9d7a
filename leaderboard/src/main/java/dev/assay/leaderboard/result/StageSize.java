package dev.assay.leaderboard.result;

/**
 * What a model amounts to between two stages, by arithmetic on shapes, types and zeros.
 *
 * @param parameters numbers that the model is made of, zeros among them; of a factored linear those
 *     of its factors
 * @param bytes of all that is stored for it, headers not included
 * @param linearParameters numbers of the layers' linears
 * @param linearZeros how many of those are exactly 0
 * @param linearBytes bytes of all that is stored for the layers' linears
 * @param compressedBefore numbers that those linears had in the uncompressed model which stages
 *     were to work on
 * @param compressedNow numbers that these have now
 */
public record StageSize(
    long parameters,
    long bytes,
    long linearParameters,
    long linearZeros,
    long linearBytes,
    long compressedBefore,
    long compressedNow) {
  public StageSize {
    Require.atLeast("parameters", 1, parameters);
    Require.atLeast("bytes", 1, bytes);
    Require.atLeast("linearParameters", 0, linearParameters);
    Require.atLeast("linearZeros", 0, linearZeros);
    Require.atLeast("linearBytes", 0, linearBytes);
    Require.atLeast("compressedBefore", 0, compressedBefore);
    Require.atLeast("compressedNow", 0, compressedNow);
  }
}
