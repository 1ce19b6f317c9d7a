package dev.assay.harness.run.worker;

import dev.assay.engine.weight.KernelChoices;
import dev.assay.harness.measure.utilization.GenerationCost;
import dev.assay.harness.run.artifact.CompressionReport;
import dev.assay.leaderboard.result.Artifact;
import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.KernelRun;
import dev.assay.leaderboard.result.LinearInputs;
import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Staircase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A report that fills up while a worker goes through its stages. */
final class ReportBuilder {
  private final List<Measurement> measurements = new ArrayList<>();
  private String stage = WorkerReport.NOTHING.stage();
  private String family = "";
  private long parameters;
  private @Nullable String checkpoint;
  private @Nullable Artifact artifact;
  private @Nullable CalibrationSamples calibration;
  private List<LinearReport> linears = List.of();
  private @Nullable Staircase stages;
  private @Nullable ArtifactCheck check;
  private @Nullable LinearInputs inputs;
  private @Nullable String simulated;
  private @Nullable GenerationCost cost;
  private @Nullable String ungenerated;
  private @Nullable String arithmetic;
  private KernelChoices choices = KernelChoices.NONE;
  private List<Ceiling> ceilings = List.of();
  private final List<String> notes = new ArrayList<>();
  private @Nullable Failure failure;

  /** The stage that is at work. */
  String stage() {
    return stage;
  }

  void begin(String next) {
    stage = next;
  }

  void model(String itsFamily, long itsParameters) {
    family = itsFamily;
    parameters = itsParameters;
  }

  /** What is not as one would expect of the model's files. */
  void notes(List<String> found) {
    notes.addAll(found);
  }

  /** Where the artifact is, and how it was made. */
  void artifact(Path directory, CompressionReport made) {
    checkpoint = directory.toString();
    calibration = made.calibration();
    linears = made.linears();
    stages = made.stages();
    check = made.check();
  }

  /** What each stage bought; nothing before it is known. */
  @Nullable Staircase stages() {
    return stages;
  }

  /** The same from elsewhere. */
  void stages(Staircase found) {
    stages = found;
  }

  void form(
      Artifact found,
      @Nullable String standIn,
      @Nullable GenerationCost generation,
      @Nullable String noGeneration,
      String productType) {
    artifact = found;
    simulated = standIn;
    cost = generation;
    ungenerated = noGeneration;
    arithmetic = productType;
  }

  /** What was found to be faster among kernels. */
  void choices(KernelChoices found) {
    choices = found;
  }

  /** The forms in which linears run. */
  void kernels(List<KernelRun> ran) {
    check = Objects.requireNonNullElse(check, ArtifactCheck.NONE).with(ran);
  }

  /** What the linears take in. */
  void inputs(LinearInputs found) {
    inputs = found;
  }

  void add(Measurement measurement) {
    measurements.add(measurement);
  }

  void addAll(List<Measurement> more) {
    measurements.addAll(more);
  }

  void ceilings(List<Ceiling> found) {
    ceilings = found;
  }

  void failed(Failure why) {
    failure = why;
  }

  WorkerReport build() {
    return new WorkerReport(
        stage,
        family,
        parameters,
        checkpoint,
        artifact,
        calibration,
        linears,
        stages == null ? null : stages.beside(measurements),
        check,
        inputs,
        measurements,
        simulated,
        cost,
        ungenerated,
        arithmetic,
        choices,
        ceilings,
        notes,
        failure);
  }
}
