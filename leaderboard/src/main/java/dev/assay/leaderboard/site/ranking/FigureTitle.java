package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Everything that is known of a figure, in one line. */
final class FigureTitle {
  private FigureTitle() {}

  static String of(Measurement measurement, Scale scale) {
    List<String> parts = new ArrayList<>();
    String name = Mark.of(measurement.provenance()).name();
    parts.add(name + ": " + scale.text(Objects.requireNonNull(measurement.value())));
    if (measurement.disturbed() != null) {
      parts.add("disturbed, so not compared: " + measurement.disturbed());
    }
    if (measurement.standardError() != null) {
      parts.add("standard error " + scale.text(measurement.standardError()));
    }
    Interval interval = measurement.interval();
    if (interval != null) {
      parts.add(
          "%s interval %s to %s (%s)"
              .formatted(
                  Ratios.confidence(interval.confidence()),
                  scale.number(interval.low()),
                  scale.text(interval.high()),
                  interval.method()));
    }
    if (!measurement.samples().isEmpty()) {
      parts.add(measurement.samples().size() + " samples");
    }
    if (measurement.note() != null) {
      parts.add(measurement.note());
    }
    return String.join("; ", parts);
  }
}
