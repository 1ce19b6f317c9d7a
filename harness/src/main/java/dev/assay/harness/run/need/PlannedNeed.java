package dev.assay.harness.run.need;

import dev.assay.harness.run.artifact.ArtifactKey;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.synthetic.SyntheticSource;

/**
 * A cell and what it needs.
 *
 * @param cell the cell
 * @param need what it needs
 */
public record PlannedNeed(PlannedCell cell, CellNeed need) {
  /** The artifact that it makes; cells may share it. */
  String artifact() {
    return ArtifactKey.of(cell).id();
  }

  /** The synthetic model that it makes; cells may share it. */
  String model() {
    return SyntheticSource.of(cell.spec()).map(SyntheticSource::key).orElse("");
  }
}
