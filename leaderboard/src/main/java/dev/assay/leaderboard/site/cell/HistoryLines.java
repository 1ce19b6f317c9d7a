package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Identity;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.Status;
import dev.assay.leaderboard.site.format.Dates;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.format.Scale;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What came before a result, a line each, the newest first. */
final class HistoryLines {
  /** The metrics whose figures stand in the lines. */
  private static final List<String> SHOWN =
      List.of(Metrics.PERPLEXITY, Metrics.TIME_PER_OUTPUT_TOKEN);

  private final Result shown;

  private HistoryLines(Result shown) {
    this.shown = shown;
  }

  /**
   * The lines.
   *
   * @param earlier results of the same cell on the same machine
   * @param nights results of the same series on the same machine; those given above may be among
   *     them
   */
  static List<String> of(Result shown, Collection<Result> earlier, Collection<Night> nights) {
    List<Night> all = new ArrayList<>(nights);
    earlier.stream()
        .map(HistoryLines::night)
        .filter(night -> nights.stream().noneMatch(known -> same(known, night)))
        .forEach(all::add);
    HistoryLines lines = new HistoryLines(shown);
    return all.stream()
        .filter(night -> !same(night, night(shown)))
        .sorted(Comparator.comparing(Night::finishedAt).thenComparing(Night::run).reversed())
        .map(lines::line)
        .toList();
  }

  private static boolean same(Night a, Night b) {
    return a.run().equals(b.run()) && a.cell().equals(b.cell());
  }

  private static Night night(Result result) {
    Identity identity = result.identity();
    return new Night(
        result.run(),
        result.cell().id(),
        identity == null ? null : identity.build(),
        result.status(),
        result.finishedAt(),
        result.measurements());
  }

  private String line(Night night) {
    StringBuilder line = new StringBuilder();
    line.append("run ").append(night.run());
    line.append(", ").append(Dates.minute(night.finishedAt()));
    line.append(", ").append(night.status() == Status.FAILED ? "failed" : "succeeded");
    line.append(", ").append(build(night));
    for (String metric : SHOWN) {
      figure(night, metric).ifPresent(figure -> line.append(", ").append(figure));
    }
    return line.toString();
  }

  private static String build(Night night) {
    return night.build() == null ? "an older build" : "build " + night.build();
  }

  /** Under the protocol of the result that is shown: other figures do not compare. */
  private Optional<String> figure(Night night, String metric) {
    return shown.measurements().stream()
        .filter(measurement -> measurement.metric().equals(metric))
        .findFirst()
        .flatMap(
            model ->
                night.figures().stream()
                    .filter(each -> each.metric().equals(metric))
                    .filter(each -> each.protocol().equals(model.protocol()))
                    .findFirst())
        .flatMap(HistoryLines::text);
  }

  private static Optional<String> text(Measurement figure) {
    return Optional.ofNullable(figure.value())
        .map(
            value ->
                MetricName.of(figure.metric())
                    + " "
                    + Scale.of(figure.metric(), figure.unit(), value).text(value)
                    + (figure.disturbed() == null ? "" : " (disturbed)"));
  }
}
