package dev.assay.harness.run.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.weight.KernelChoices;
import dev.assay.harness.measure.utilization.GenerationCost;
import dev.assay.leaderboard.file.AtomicFile;
import dev.assay.leaderboard.result.Artifact;
import dev.assay.leaderboard.result.ArtifactCheck;
import dev.assay.leaderboard.result.CalibrationSamples;
import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.LinearInputs;
import dev.assay.leaderboard.result.LinearReport;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.Staircase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a worker found so far. Written after each stage, so that a worker that dies leaves what it
 * had.
 *
 * @param stage the stage that is at work, or the last one
 * @param family architecture of the model; empty before it is known
 * @param parameters number of parameters of the model; 0 before it is known
 * @param checkpoint directory of the artifact; absent before it is made
 * @param artifact what the artifact is
 * @param calibration what it was calibrated on, where it was
 * @param linears what compression did to each linear
 * @param stages what each stage of the recipe bought; absent before that is known
 * @param check what shows that the artifact is what was asked for; absent before it is made
 * @param inputs what the artifact's linears take in; absent where no text was read
 * @param measurements figures so far
 * @param simulated why the weights run in another form than the stored one; absent if they do not
 * @param cost what a generation takes; absent where there is none
 * @param ungenerated why nothing is generated; absent where something is
 * @param arithmetic type in which matrix products of many rows are computed
 * @param choices what was found to be faster among kernels
 * @param ceilings what reading as many bytes as the model has is limited by
 * @param notes what is not as one would expect of the model's files
 * @param failure why the worker gave up, if it did
 */
public record WorkerReport(
    String stage,
    String family,
    long parameters,
    @Nullable String checkpoint,
    @Nullable Artifact artifact,
    @Nullable CalibrationSamples calibration,
    List<LinearReport> linears,
    @Nullable Staircase stages,
    @Nullable ArtifactCheck check,
    @Nullable LinearInputs inputs,
    List<Measurement> measurements,
    @Nullable String simulated,
    @Nullable GenerationCost cost,
    @Nullable String ungenerated,
    @Nullable String arithmetic,
    KernelChoices choices,
    List<Ceiling> ceilings,
    List<String> notes,
    @Nullable Failure failure) {
  private static final ObjectMapper JSON = new ResultJson().mapper();

  /** The report of a worker that has not said anything. */
  public static final WorkerReport NOTHING =
      new WorkerReport(
          "start",
          "",
          0,
          null,
          null,
          null,
          List.of(),
          null,
          null,
          null,
          List.of(),
          null,
          null,
          null,
          null,
          KernelChoices.NONE,
          List.of(),
          List.of(),
          null);

  public WorkerReport {
    linears = List.copyOf(linears);
    measurements = List.copyOf(measurements);
    ceilings = List.copyOf(ceilings);
    notes = List.copyOf(notes);
  }

  /** Writes the report so that a reader meets either the whole of it or the one before. */
  void write(Path file) {
    try {
      AtomicFile.write(file, JSON.writeValueAsBytes(this));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** The last report in a file; none if there is no such file. */
  public static Optional<WorkerReport> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), WorkerReport.class));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
