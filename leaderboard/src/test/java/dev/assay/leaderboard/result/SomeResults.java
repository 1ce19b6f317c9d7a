package dev.assay.leaderboard.result;

import static dev.assay.leaderboard.ResultBuilder.measured;
import static dev.assay.leaderboard.ResultBuilder.simulated;
import static dev.assay.leaderboard.ResultBuilder.window;

import dev.assay.leaderboard.ResultBuilder;
import java.util.List;

/** Results that between them have every kind of content, and every absence. */
final class SomeResults {
  private SomeResults() {}

  static List<Result> all() {
    Result full =
        ResultBuilder.of("gptq")
            .with(
                measured(
                    "timePerOutputToken",
                    1.0 / 3,
                    new Interval(0.25, 0.5, 0.999, "Student t"),
                    0.1 + 0.2,
                    Magnitude.LEAST,
                    Magnitude.MOST / 3))
            .with(simulated("timeToFirstToken", 5e-97))
            .with(
                measured("decodeThroughput", 3.0, null, 3.0)
                    .taken("a hog", new Conditions(0.83, 0.92, 0.0, null, 2L, 3)))
            .with(Measurement.computed("sizeOnDisk", 10, "B", Direction.LOWER_IS_BETTER, "sum"))
            .with(
                Measurement.unsupported(
                    "energyPerToken", window("8"), "J/token", Direction.NEUTRAL, "no meter"))
            .build();
    Result failed = ResultBuilder.of("awq").failed("compress", "a scale is \"NaN\"").build();
    Result bare =
        new Result(
            Result.SCHEMA_VERSION,
            "run",
            full.cell(),
            full.identity(),
            Status.SUCCEEDED,
            null,
            full.startedAt(),
            full.finishedAt(),
            List.of(),
            null,
            null,
            List.of(),
            null,
            null,
            null,
            List.of(),
            List.of(),
            full.environment());
    Result older = ResultBuilder.of("gptq").older().build();
    Result trained = ResultBuilder.of("distill").trained(ResultBuilder.training()).build();
    return List.of(full, failed, bare, older, trained);
  }
}
