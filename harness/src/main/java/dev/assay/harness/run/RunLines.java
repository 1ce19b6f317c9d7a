package dev.assay.harness.run;

import dev.assay.harness.run.outcome.FailedMeasure;
import dev.assay.harness.run.worker.Progress;
import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.stats.DisturbedCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A run in plain lines: one when a cell begins, one a stage, one each tenth of training, one when
 * it ends.
 */
public final class RunLines {
  private final StepTenths tenths = new StepTenths();
  private String place = "";
  private String stage = "";
  private int cells;

  /** The line of an event, if it is worth one. */
  public Optional<String> of(RunEvent event) {
    if (event instanceof RunEvent.RunBegan began) {
      cells = began.cells();
      return Optional.of(
          String.format(
              "run %s %s: %d cells, %d to run",
              began.run(), began.resumed() ? "goes on" : "begins", began.cells(), began.toRun()));
    } else if (event instanceof RunEvent.CellSkipped skipped) {
      return Optional.of(place(skipped.number()) + skipped.cell().name() + ": result is there");
    } else if (event instanceof RunEvent.CellBegan began) {
      place = place(began.number());
      stage = "";
      return Optional.of(place + began.cell().name() + " (" + began.cell().id() + ")");
    } else if (event instanceof RunEvent.CellProgressed progressed) {
      return progress(progressed.progress());
    } else if (event instanceof RunEvent.CellEnded ended) {
      return Optional.of(place + ended.cell().name() + ": " + summary(ended.result()));
    }
    RunEvent.RunEnded ended = (RunEvent.RunEnded) event;
    return Optional.of(
        String.format(
            "run %s is done: %d succeeded, %d failed%s",
            ended.run(), ended.succeeded(), ended.failed(), disturbed(ended.disturbed())));
  }

  private static String disturbed(DisturbedCount count) {
    return count.isNone()
        ? ""
        : "; DISTURBED: "
            + count.text()
            + ", marked and never ranked; run again when nothing else works here";
  }

  private String place(int number) {
    return "[" + number + "/" + cells + "] ";
  }

  private Optional<String> progress(Progress progress) {
    if (progress.stage().equals(stage)) {
      return tenths.line(progress).map(line -> place + "  " + line);
    }
    stage = progress.stage();
    return Optional.of(place + "  " + stage);
  }

  private static String summary(Result result) {
    Duration time = Duration.between(result.startedAt(), result.finishedAt());
    String took = String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    Failure failure = result.failure();
    if (failure != null) {
      return "FAILED in " + failure.stage() + ": " + failure.message() + " (" + took + ")";
    }
    List<String> figures = new ArrayList<>();
    figure(result, Metrics.PERPLEXITY, "perplexity %.2f").ifPresent(figures::add);
    figure(result, Metrics.BITS_PER_WEIGHT, "%.2f bits a weight").ifPresent(figures::add);
    figure(result, Metrics.DECODE_THROUGHPUT, "%.0f token/s").ifPresent(figures::add);
    figures.add(took);
    DisturbedCount disturbed = DisturbedCount.of(List.of(result));
    if (!disturbed.isNone()) {
      figures.add("disturbed: " + disturbed.text());
    }
    String all = String.join(", ", figures);
    List<String> failed = FailedMeasure.of(result);
    return failed.isEmpty() ? all : all + "; " + String.join("; ", failed);
  }

  private static Optional<String> figure(Result result, String metric, String format) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(metric) && each.value() != null)
        .findFirst()
        .map(each -> String.format(Locale.ROOT, format, each.value()) + mark(each));
  }

  private static String mark(Measurement measurement) {
    List<String> marks = new ArrayList<>();
    if (measurement.provenance() == Provenance.SIMULATED) {
      marks.add("simulated");
    }
    if (measurement.disturbed() != null) {
      marks.add("disturbed");
    }
    return marks.isEmpty() ? "" : " (" + String.join(", ", marks) + ")";
  }
}
