package dev.assay.harness.run.plan;

import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.suite.CellIdentity;
import dev.assay.harness.suite.CellSpec;
import dev.assay.harness.suite.SeriesIdentity;
import java.util.List;

/**
 * A cell that is ready to run.
 *
 * @param spec what the suite says of it
 * @param identity everything that can change its figures on this machine
 * @param build the build that plans and runs it
 * @param warnings what to mind about its figures
 */
public record PlannedCell(
    CellSpec spec, CellIdentity identity, AssayBuild build, List<String> warnings) {
  public PlannedCell {
    warnings = List.copyOf(warnings);
  }

  /** Identifier of the cell. */
  public String id() {
    return identity.id();
  }

  /** Identifier of its series, which has neither build nor machine. */
  public String series() {
    return new SeriesIdentity(
            identity.subject(), spec.target().threads().toString(), spec.target().profile())
        .id();
  }

  /** Model, recipe and target. */
  public String name() {
    return spec.name();
  }
}
