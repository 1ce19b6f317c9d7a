package dev.assay.harness.run.artifact;

import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.suite.CellSubject;
import dev.assay.harness.suite.ModelFingerprint;
import dev.assay.harness.suite.RecordHash;
import java.util.stream.Collectors;

/**
 * Everything that can change an artifact, but for the code that draws calibration samples: whether
 * the samples are the same is seen by their hash, see {@link CompressionReport}.
 *
 * @param model hashes of the checkpoint
 * @param recipe stages and calibration, all defaults filled in
 * @param calibrationSha256 sha256 of the text that is calibrated on, and of those that are learned
 *     from with that of the code that cuts windows of them; empty if none is read
 * @param compression hash of the code that compresses
 * @param threads threads, whose number can change the last bit of a sum
 */
public record ArtifactKey(
    ModelFingerprint model,
    String recipe,
    String calibrationSha256,
    String compression,
    int threads) {
  private static final int DIGITS = 32;

  /** The key of the artifact that a cell needs. */
  public static ArtifactKey of(PlannedCell cell) {
    CellSubject subject = cell.identity().subject();
    Calibration calibration = cell.spec().recipe().calibration();
    String text = calibration.dataset() + "/" + calibration.split();
    String read = subject.datasets().getOrDefault(text, "");
    StageRegistry stages = StageRegistry.load();
    String learned =
        cell.spec().recipe().stages().stream()
            .flatMap(step -> stages.method(step).texts().stream())
            .map(each -> each.dataset() + "/" + each.split())
            .distinct()
            .sorted()
            .map(each -> subject.datasets().getOrDefault(each, ""))
            .collect(Collectors.joining(" "));
    return new ArtifactKey(
        subject.model(),
        cell.spec().recipe().compression(),
        // Windows that are learned from have no hash of their own that would tell them apart.
        learned.isEmpty() ? read : read + " " + learned + " by " + cell.build().sampling(),
        cell.build().compression(),
        cell.identity().threads());
  }

  /** First 32 hexadecimal digits of the sha256 of this record as JSON, keys sorted. */
  public String id() {
    return RecordHash.of(this, DIGITS);
  }
}
