package dev.assay.harness.run;

import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.environment.EnvironmentProbe;
import dev.assay.harness.run.plan.PlannedCell;
import dev.assay.harness.run.worker.WorkerReport;
import dev.assay.harness.suite.CellSpec;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.RooflinePoint;
import dev.assay.leaderboard.result.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A cell's result while it comes together. */
final class ResultBuilder {
  private final PlannedCell cell;
  private final String recipe;
  private final String run;
  private final String machine;
  private final Instant startedAt = Instant.now();
  private final List<Measurement> measurements = new ArrayList<>();
  private final List<Ceiling> ceilings = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private WorkerReport report = WorkerReport.NOTHING;
  private List<RooflinePoint> roofline = List.of();
  private @Nullable Double cpuPressure;

  /**
   * @param recipe the cell's recipe as it is written out
   * @param machine identifier of the machine
   */
  ResultBuilder(PlannedCell cell, String recipe, String run, String machine) {
    this.cell = cell;
    this.recipe = recipe;
    this.run = run;
    this.machine = machine;
  }

  void report(WorkerReport found) {
    report = found;
    measurements.addAll(found.measurements());
    warnings.addAll(found.notes());
  }

  void add(Measurement measurement) {
    measurements.add(measurement);
  }

  void addAll(List<Measurement> more) {
    measurements.addAll(more);
  }

  void ceilings(List<Ceiling> more) {
    ceilings.addAll(more);
  }

  List<Ceiling> ceilings() {
    return List.copyOf(ceilings);
  }

  void roofline(List<RooflinePoint> points) {
    roofline = points;
  }

  void warnings(List<String> more) {
    warnings.addAll(more);
  }

  void cpuPressure(@Nullable Double share) {
    cpuPressure = share;
  }

  Result succeeded(Environment environment) {
    return build(environment, null);
  }

  Result failed(Environment environment, Failure failure) {
    return build(environment, failure);
  }

  private Result build(Environment environment, @Nullable Failure failure) {
    return new Result(
        Result.SCHEMA_VERSION,
        run,
        description(),
        new Identity(machine, cell.series(), cell.build().id()),
        failure == null ? Status.SUCCEEDED : Status.FAILED,
        failure,
        startedAt,
        finishedAt(),
        measurements,
        report.artifact(),
        report.calibration(),
        report.linears(),
        report.check(),
        report.inputs(),
        report.stages(),
        ceilings,
        roofline,
        environment(environment));
  }

  /** The clock may have been set back meanwhile. */
  private Instant finishedAt() {
    Instant now = Instant.now();
    return now.isBefore(startedAt) ? startedAt : now;
  }

  private Environment environment(Environment environment) {
    Environment measured =
        cpuPressure == null
            ? environment
            : EnvironmentProbe.withCpuPressure(environment, Reading.of(cpuPressure));
    return EnvironmentProbe.withWarnings(measured, warnings);
  }

  private CellDescription description() {
    CellSpec spec = cell.spec();
    return new CellDescription(
        cell.id(),
        spec.suite(),
        new CellDescription.Model(
            spec.model().name(),
            report.family(),
            spec.model().source(),
            cell.identity().subject().model().tensors(),
            report.parameters(),
            spec.commit()),
        new CellDescription.Recipe(
            spec.recipe().name(),
            spec.recipe().summary(),
            spec.recipe().stages().stream().map(step -> step.stage()).toList(),
            recipe),
        new CellDescription.Target(
            spec.target().name(),
            cell.identity().hardwareProfile(),
            spec.target().device().name().toLowerCase(Locale.ROOT),
            spec.execution().arithmetic(),
            cell.identity().threads()),
        spec.seed(),
        spec.baseline());
  }
}
