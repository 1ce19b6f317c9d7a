package dev.assay.leaderboard.result;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One cell's outcome: the immutable file that everything published is made from.
 *
 * @param schemaVersion version of this schema, {@value #SCHEMA_VERSION}; files of {@value
 *     #OLDEST_VERSION} are read too
 * @param run identifier of the run that made it
 * @param cell what was run
 * @param identity machine, series and build; absent in results of version 1, which are of an older
 *     build
 * @param status how it ended
 * @param failure why it failed; present exactly if it did
 * @param startedAt when work on the cell began
 * @param finishedAt when it ended
 * @param measurements the figures, one at most for each metric and protocol; for a failed cell
 *     those taken before it failed
 * @param artifact the compressed checkpoint, where one was made
 * @param calibration what the compression was calibrated on, where it was
 * @param linears what compression did to each linear layer
 * @param check what shows that the artifact is what was asked for; absent in results of an older
 *     build
 * @param inputs what the linears take in; absent where no text was read, and in results of an older
 *     build
 * @param stages what each stage of the recipe bought; absent where nothing was compressed before
 *     the cell failed, and in results of an older build
 * @param ceilings datasheet and measured limits of the machine
 * @param roofline where the cell lies under them
 * @param environment machine and software
 */
public record Result(
    int schemaVersion,
    String run,
    CellDescription cell,
    @Nullable Identity identity,
    Status status,
    @Nullable Failure failure,
    Instant startedAt,
    Instant finishedAt,
    List<Measurement> measurements,
    @Nullable Artifact artifact,
    @Nullable CalibrationSamples calibration,
    List<LinearReport> linears,
    @Nullable ArtifactCheck check,
    @Nullable LinearInputs inputs,
    @Nullable Staircase stages,
    List<Ceiling> ceilings,
    List<RooflinePoint> roofline,
    Environment environment) {
  public static final int SCHEMA_VERSION = 2;

  /** The oldest version that is read. */
  public static final int OLDEST_VERSION = 1;

  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  public Result {
    if (schemaVersion < OLDEST_VERSION || schemaVersion > SCHEMA_VERSION) {
      throw new IllegalArgumentException(
          "schemaVersion %d found, %d to %d expected"
              .formatted(schemaVersion, OLDEST_VERSION, SCHEMA_VERSION));
    }
    if ((identity != null) != (schemaVersion > OLDEST_VERSION)) {
      throw new IllegalArgumentException(
          "identity: found %s, expected one exactly from schemaVersion %d on"
              .formatted(identity == null ? "none" : "one", OLDEST_VERSION + 1));
    }
    Require.name("run", run);
    requireDate("startedAt", startedAt);
    requireDate("finishedAt", finishedAt);
    if (finishedAt.isBefore(startedAt)) {
      throw new IllegalArgumentException(
          "finishedAt: found %s, expected no time before startedAt, %s"
              .formatted(finishedAt, startedAt));
    }
    if ((failure != null) != (status == Status.FAILED)) {
      throw new IllegalArgumentException("a failure is given exactly if the cell failed");
    }
    measurements = List.copyOf(measurements);
    requireDistinct(measurements);
    linears = List.copyOf(linears);
    ceilings = List.copyOf(ceilings);
    roofline = List.copyOf(roofline);
  }

  /** The machine's id; of an older result by what its environment tells of the hardware. */
  public String machine() {
    return identity == null ? MachineId.of(environment) : identity.machine();
  }

  private static void requireDate(String key, Instant date) {
    if (!date.isAfter(Instant.EPOCH) || !date.isBefore(END)) {
      throw new IllegalArgumentException(
          key + " " + date + " found, expected a date of the years 1970 to 9999");
    }
  }

  private static void requireDistinct(List<Measurement> measurements) {
    Set<String> seen = new HashSet<>();
    for (Measurement each : measurements) {
      if (!seen.add(each.metric() + " " + each.protocol().id())) {
        throw new IllegalArgumentException(
            each.metric() + " is given twice under protocol " + each.protocol().settings());
      }
    }
  }
}
