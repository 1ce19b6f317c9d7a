package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.view.CellPage.ProtocolText;
import dev.assay.leaderboard.site.view.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The protocols that a cell's figures were taken under. */
final class CellProtocols {
  private CellProtocols() {}

  static List<ProtocolText> of(Result result) {
    Map<Protocol, List<String>> metrics = new LinkedHashMap<>();
    for (Measurement measurement : result.measurements()) {
      if (!measurement.protocol().settings().isEmpty()) {
        metrics
            .computeIfAbsent(measurement.protocol(), protocol -> new ArrayList<>())
            .add(MetricName.of(measurement.metric()));
      }
    }
    return metrics.entrySet().stream()
        .map(entry -> text(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static ProtocolText text(Protocol protocol, List<String> metrics) {
    return new ProtocolText(
        protocol.id(),
        protocol.settings().entrySet().stream()
            .map(setting -> Fact.of(setting.getKey(), setting.getValue()))
            .toList(),
        String.join(", ", metrics));
  }
}
