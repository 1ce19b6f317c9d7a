package dev.assay.leaderboard.site.download;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One measurement as a line of the CSV; a cell without any has one line that says how it ended. The
 * columns are the components' own, in their order.
 *
 * @param cell what was run
 * @param target where
 * @param outcome how it ended
 * @param figure what was found
 * @param spread how sure it is
 * @param disturbance what else went on
 * @param note what there is to say of it
 */
record CsvRow(
    @JsonUnwrapped Cell cell,
    @JsonUnwrapped Target target,
    @JsonUnwrapped Outcome outcome,
    @JsonUnwrapped @Nullable Figure figure,
    @JsonUnwrapped @Nullable Spread spread,
    @JsonUnwrapped @Nullable Disturbance disturbance,
    @Nullable String note) {

  static List<CsvRow> of(Result result) {
    return result.measurements().isEmpty()
        ? List.of(row(result, null))
        : result.measurements().stream().map(measurement -> row(result, measurement)).toList();
  }

  private static CsvRow row(Result result, @Nullable Measurement figure) {
    Conditions under = figure == null ? null : figure.conditions();
    return new CsvRow(
        Cell.of(result),
        Target.of(result.cell()),
        Outcome.of(result),
        figure == null ? null : Figure.of(figure),
        figure == null ? null : Spread.of(figure),
        under == null ? null : Disturbance.of(under),
        figure == null ? null : figure.note());
  }

  record Cell(
      String run,
      String cell,
      String machine,
      @Nullable String series,
      @Nullable String build,
      String suite,
      String model,
      String recipe,
      String stages) {
    static Cell of(Result result) {
      CellDescription cell = result.cell();
      Identity identity = result.identity();
      return new Cell(
          result.run(),
          cell.id(),
          result.machine(),
          identity == null ? null : identity.series(),
          identity == null ? null : identity.build(),
          cell.suite(),
          cell.model().name(),
          cell.recipe().name(),
          String.join(" ", cell.recipe().stages()));
    }
  }

  record Target(String target, String device, String dtype, int threads) {
    static Target of(CellDescription cell) {
      CellDescription.Target target = cell.target();
      return new Target(target.name(), target.device(), target.dtype(), target.threads());
    }
  }

  record Outcome(
      long seed, boolean baseline, String status, @Nullable String failure, String finishedAt) {
    static Outcome of(Result result) {
      Failure failure = result.failure();
      return new Outcome(
          result.cell().seed(),
          result.cell().baseline(),
          failure == null ? "succeeded" : "failed",
          failure == null
              ? null
              : failure.kind() + " in " + failure.stage() + ": " + failure.message(),
          result.finishedAt().toString());
    }
  }

  record Figure(
      String metric,
      String protocol,
      Provenance provenance,
      @Nullable String disturbed,
      @Nullable Double value,
      String unit,
      String direction) {
    static Figure of(Measurement figure) {
      return new Figure(
          figure.metric(),
          figure.protocol().id(),
          figure.provenance(),
          figure.disturbed(),
          figure.value(),
          figure.unit(),
          switch (figure.direction()) {
            case LOWER_IS_BETTER -> "lower";
            case HIGHER_IS_BETTER -> "higher";
            case NEUTRAL -> "neutral";
          });
    }
  }

  record Spread(
      @Nullable Double standardError,
      @Nullable Double intervalLow,
      @Nullable Double intervalHigh,
      @Nullable Double confidence,
      int samples) {
    static Spread of(Measurement figure) {
      Interval interval = figure.interval();
      return new Spread(
          figure.standardError(),
          interval == null ? null : interval.low(),
          interval == null ? null : interval.high(),
          interval == null ? null : interval.confidence(),
          figure.samples().size());
    }
  }

  record Disturbance(
      int attempts,
      @Nullable Double waiting,
      @Nullable Double otherWork,
      @Nullable Double stolen,
      @Nullable Double clock,
      @Nullable Long throttles) {
    static Disturbance of(Conditions under) {
      return new Disturbance(
          under.attempts(),
          under.waiting(),
          under.otherWork(),
          under.stolen(),
          under.clock(),
          under.throttles());
    }
  }
}
