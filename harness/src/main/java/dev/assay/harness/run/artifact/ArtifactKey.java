package dev.assay.harness.run.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.assay.engine.recipe.Calibration;
import dev.assay.harness.dataset.Sha256;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.suite.CellIdentity;
import dev.assay.harness.suite.ModelFingerprint;
import java.nio.charset.StandardCharsets;

/**
 * Everything that can change an artifact.
 *
 * @param model hashes of the checkpoint
 * @param recipe stages and calibration, all defaults filled in
 * @param calibrationSha256 sha256 of the text that is calibrated on; empty if it is not read
 * @param engineVersion version of the engine
 * @param threads threads, whose number can change the last bit of a sum
 */
public record ArtifactKey(
    ModelFingerprint model,
    String recipe,
    String calibrationSha256,
    String engineVersion,
    String threads) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();
  private static final int LENGTH = 32;

  /** The key of the artifact that a cell needs. */
  public static ArtifactKey of(PlannedCell cell) {
    CellIdentity identity = cell.identity();
    Calibration calibration = cell.spec().recipe().calibration();
    String text = calibration.dataset() + "/" + calibration.split();
    return new ArtifactKey(
        identity.model(),
        cell.spec().recipe().compression(),
        identity.datasets().getOrDefault(text, ""),
        identity.engineVersion(),
        identity.threads());
  }

  /** First 32 hexadecimal digits of the sha256 of this record as JSON, keys sorted. */
  public String id() {
    try {
      return Sha256.of(MAPPER.writeValueAsString(this).getBytes(StandardCharsets.UTF_8))
          .substring(0, LENGTH);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of strings are always JSON", e);
    }
  }
}
