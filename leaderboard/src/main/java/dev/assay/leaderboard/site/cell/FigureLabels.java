package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.site.format.MetricName;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the measurements of one cell are called: the metric, and where it was taken in several ways,
 * the settings that tell them apart.
 */
final class FigureLabels {
  private final List<Measurement> measurements;

  FigureLabels(List<Measurement> measurements) {
    this.measurements = List.copyOf(measurements);
  }

  String label(Measurement measurement) {
    return MetricName.of(measurement.metric());
  }

  /** Values of the settings in which this measurement differs from others of the metric. */
  String variant(Measurement measurement) {
    List<Measurement> same =
        measurements.stream().filter(other -> other.metric().equals(measurement.metric())).toList();
    return String.join(
        ", ",
        measurement.protocol().settings().entrySet().stream()
            .filter(setting -> same.stream().anyMatch(other -> differs(other, setting)))
            .map(Map.Entry::getValue)
            .toList());
  }

  private static boolean differs(Measurement other, Map.Entry<String, String> setting) {
    String value = other.protocol().settings().get(setting.getKey());
    return !Objects.equals(value, setting.getValue());
  }
}
