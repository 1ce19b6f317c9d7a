package dev.assay.harness.measure.size;

import dev.assay.harness.measure.weights.LinearWeights;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import java.util.List;

/**
 * Sizes and their ratios, by arithmetic on stored bytes.
 *
 * @param artifactBytes bytes of the artifact's weight files, headers included
 * @param sourceBytes bytes of the weight files of the model that it was made from
 * @param memoryBytes bytes of the weights in the form in which they run
 * @param linears the artifact's linears
 */
public record SizeMetric(
    long artifactBytes, long sourceBytes, long memoryBytes, LinearWeights linears) {
  private static final int BITS_PER_BYTE = 8;

  public SizeMetric {
    if (artifactBytes < 1 || sourceBytes < 1 || memoryBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              "found %d, %d and %d bytes, expected at least 1 each",
              artifactBytes, sourceBytes, memoryBytes));
    }
  }

  /** Size on disk and in memory, compression ratio and bits per weight. */
  public List<Measurement> measurements() {
    return List.of(
        Measurement.computed(
            Metrics.SIZE_ON_DISK,
            (double) artifactBytes,
            "B",
            Direction.LOWER_IS_BETTER,
            "bytes of the weight files, headers included"),
        Measurement.computed(
            Metrics.SIZE_IN_MEMORY,
            (double) memoryBytes,
            "B",
            Direction.LOWER_IS_BETTER,
            "bytes of all weights as they run: codes, scales, zeros, orders, embedding, norms"),
        Measurement.computed(
            Metrics.COMPRESSION_RATIO,
            (double) sourceBytes / artifactBytes,
            "1",
            Direction.HIGHER_IS_BETTER,
            String.format(
                "bytes of the model's weight files / of the artifact's = %d / %d",
                sourceBytes, artifactBytes)),
        Measurement.computed(
            Metrics.NOMINAL_BITS_PER_WEIGHT,
            linears.layerCodeBits() / linears.layerCount(),
            "bit",
            Direction.LOWER_IS_BETTER,
            "bits of a code, without scales, zeros, indices and outliers; mean over the weights of"
                + " the decoder layers' linears"),
        Measurement.computed(
            Metrics.BITS_PER_WEIGHT,
            (double) linears.layerStoredBytes() * BITS_PER_BYTE / linears.layerCount(),
            "bit",
            Direction.LOWER_IS_BETTER,
            String.format(
                "8 · stored bytes / weights of the decoder layers' linears = 8 · %d / %d; scales,"
                    + " zeros and group indices count",
                linears.layerStoredBytes(), linears.layerCount())));
  }
}
