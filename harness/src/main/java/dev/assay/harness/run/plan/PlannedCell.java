package dev.assay.harness.run.plan;

import dev.assay.harness.suite.CellIdentity;
import dev.assay.harness.suite.CellSpec;
import java.util.List;

/**
 * A cell that is ready to run.
 *
 * @param spec what the suite says of it
 * @param identity everything that can change its figures
 * @param warnings what to mind about its figures
 */
public record PlannedCell(CellSpec spec, CellIdentity identity, List<String> warnings) {
  public PlannedCell {
    warnings = List.copyOf(warnings);
  }

  /** Identifier of the cell. */
  public String id() {
    return identity.id();
  }

  /** Model, recipe and target. */
  public String name() {
    return spec.name();
  }
}
