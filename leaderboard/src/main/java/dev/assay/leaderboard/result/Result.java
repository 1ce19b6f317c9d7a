package dev.assay.leaderboard.result;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One cell's outcome: the immutable file that everything published is made from.
 *
 * @param schemaVersion version of this schema, {@value #SCHEMA_VERSION}
 * @param run identifier of the run that made it
 * @param cell what was run
 * @param status how it ended
 * @param failure why it failed; present exactly if it did
 * @param startedAt when work on the cell began
 * @param finishedAt when it ended
 * @param measurements the figures, one at most for each metric and protocol; for a failed cell
 *     those taken before it failed
 * @param artifact the compressed checkpoint, where one was made
 * @param calibration what the compression was calibrated on, where it was
 * @param linears what compression did to each linear layer
 * @param ceilings datasheet and measured limits of the machine
 * @param roofline where the cell lies under them
 * @param environment machine and software
 */
public record Result(
    int schemaVersion,
    String run,
    CellDescription cell,
    Status status,
    @Nullable Failure failure,
    Instant startedAt,
    Instant finishedAt,
    List<Measurement> measurements,
    @Nullable Artifact artifact,
    @Nullable CalibrationSamples calibration,
    List<LinearReport> linears,
    List<Ceiling> ceilings,
    List<RooflinePoint> roofline,
    Environment environment) {
  public static final int SCHEMA_VERSION = 1;

  private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  public Result {
    if (schemaVersion != SCHEMA_VERSION) {
      throw new IllegalArgumentException(
          "schemaVersion " + schemaVersion + " found, " + SCHEMA_VERSION + " expected");
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
