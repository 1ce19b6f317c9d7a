package dev.assay.leaderboard.site.download;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One measurement as a line of the CSV; a cell without any has one line that says how it ended. */
@JsonPropertyOrder({
  "run",
  "cell",
  "machine",
  "series",
  "build",
  "suite",
  "model",
  "recipe",
  "stages",
  "target",
  "device",
  "dtype",
  "threads",
  "seed",
  "baseline",
  "status",
  "failure",
  "finishedAt",
  "metric",
  "protocol",
  "provenance",
  "disturbed",
  "value",
  "unit",
  "direction",
  "standardError",
  "intervalLow",
  "intervalHigh",
  "confidence",
  "samples",
  "attempts",
  "waiting",
  "otherWork",
  "stolen",
  "clock",
  "throttles",
  "note"
})
record CsvRow(
    String run,
    String cell,
    String machine,
    @Nullable String series,
    @Nullable String build,
    String suite,
    String model,
    String recipe,
    String stages,
    String target,
    String device,
    String dtype,
    int threads,
    long seed,
    boolean baseline,
    String status,
    @Nullable String failure,
    String finishedAt,
    @Nullable String metric,
    @Nullable String protocol,
    @Nullable Provenance provenance,
    @Nullable String disturbed,
    @Nullable Double value,
    @Nullable String unit,
    @Nullable String direction,
    @Nullable Double standardError,
    @Nullable Double intervalLow,
    @Nullable Double intervalHigh,
    @Nullable Double confidence,
    @Nullable Integer samples,
    @Nullable Integer attempts,
    @Nullable Double waiting,
    @Nullable Double otherWork,
    @Nullable Double stolen,
    @Nullable Double clock,
    @Nullable Long throttles,
    @Nullable String note) {

  static List<CsvRow> of(Result result) {
    return result.measurements().isEmpty()
        ? List.of(row(result, null))
        : result.measurements().stream().map(measurement -> row(result, measurement)).toList();
  }

  private static CsvRow row(Result result, @Nullable Measurement figure) {
    var cell = result.cell();
    Identity identity = result.identity();
    Failure failure = result.failure();
    Interval interval = figure == null ? null : figure.interval();
    Conditions under = figure == null ? null : figure.conditions();
    return new CsvRow(
        result.run(),
        cell.id(),
        result.machine(),
        identity == null ? null : identity.series(),
        identity == null ? null : identity.build(),
        cell.suite(),
        cell.model().name(),
        cell.recipe().name(),
        String.join(" ", cell.recipe().stages()),
        cell.target().name(),
        cell.target().device(),
        cell.target().dtype(),
        cell.target().threads(),
        cell.seed(),
        cell.baseline(),
        failure == null ? "succeeded" : "failed",
        failure == null
            ? null
            : failure.kind() + " in " + failure.stage() + ": " + failure.message(),
        result.finishedAt().toString(),
        figure == null ? null : figure.metric(),
        figure == null ? null : figure.protocol().id(),
        figure == null ? null : figure.provenance(),
        figure == null ? null : figure.disturbed(),
        figure == null ? null : figure.value(),
        figure == null ? null : figure.unit(),
        figure == null ? null : direction(figure),
        figure == null ? null : figure.standardError(),
        interval == null ? null : interval.low(),
        interval == null ? null : interval.high(),
        interval == null ? null : interval.confidence(),
        figure == null ? null : figure.samples().size(),
        under == null ? null : under.attempts(),
        under == null ? null : under.waiting(),
        under == null ? null : under.otherWork(),
        under == null ? null : under.stolen(),
        under == null ? null : under.clock(),
        under == null ? null : under.throttles(),
        figure == null ? null : figure.note());
  }

  private static String direction(Measurement figure) {
    return switch (figure.direction()) {
      case LOWER_IS_BETTER -> "lower";
      case HIGHER_IS_BETTER -> "higher";
      case NEUTRAL -> "neutral";
    };
  }
}
