package dev.assay.harness.run.artifact;

import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.Staircase;
import java.util.ArrayList;
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
 * @param stages what each stage bought; absent in artifacts of an older build
 * @param figures hash of the code that took perplexities between stages; absent likewise
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
    @Nullable Staircase stages,
    @Nullable String figures,
    @Nullable ArtifactCheck check) {
  public CompressionReport {
    linears = List.copyOf(linears);
  }

  /**
   * What each stage bought, as far as it holds for a cell that found the artifact in the cache:
   * perplexities that other code took do not.
   *
   * @param build hash of the code that takes perplexities now
   */
  public @Nullable Staircase stagesFor(String build) {
    if (stages == null) {
      return null;
    }
    List<StageStep> steps = new ArrayList<>();
    int last = stages.steps().size() - 1;
    for (int i = 0; i <= last; i++) {
      StageStep step = stages.steps().get(i);
      String reason = step.unmeasured();
      if (i == last) {
        steps.add(step);
      } else if (reason != null) {
        steps.add(step.without("not taken when the artifact in the cache was made: " + reason));
      } else if (build.equals(figures)) {
        steps.add(step);
      } else {
        steps.add(step.without("another build of Assay made the artifact in the cache"));
      }
    }
    return new Staircase(stages.start(), steps);
  }

  /** The same of another origin. */
  public CompressionReport of(ArtifactOrigin other) {
    return new CompressionReport(
        other,
        sha256,
        seconds,
        disturbed,
        conditions,
        calibration,
        linears,
        stages,
        figures,
        check);
  }
}
