package dev.assay.harness.run.artifact;

import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.LinearReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an artifact was made; kept beside it, so that a cell that finds it in the cache can tell.
 *
 * @param origin model, recipe and code; absent in artifacts of an older build
 * @param sha256 hash over the artifact's tensors
 * @param seconds wall time of the compression
 * @param disturbed what disturbed that time; absent if nothing did
 * @param conditions what went on in that time; absent where nothing was watched
 * @param calibration what it was calibrated on, where it was
 * @param linears what happened to each linear
 * @param check what was done otherwise, and what was read back; absent in artifacts of an older
 *     build
 */
public record CompressionReport(
    @Nullable ArtifactOrigin origin,
    String sha256,
    double seconds,
    @Nullable String disturbed,
    @Nullable Conditions conditions,
    @Nullable CalibrationSamples calibration,
    List<LinearReport> linears,
    @Nullable ArtifactCheck check) {
  public CompressionReport {
    linears = List.copyOf(linears);
  }

  /** The same of another origin. */
  public CompressionReport of(ArtifactOrigin other) {
    return new CompressionReport(
        other, sha256, seconds, disturbed, conditions, calibration, linears, check);
  }
}
