package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What makes two figures comparable: the same metric taken under the same protocol.
 *
 * @param metric name of the metric
 * @param protocolId {@link dev.assay.leaderboard.result.Protocol#id() identifier} of the protocol
 */
public record MetricKey(String metric, String protocolId) {

  /** The key of a measurement. */
  public static MetricKey of(Measurement measurement) {
    return new MetricKey(measurement.metric(), measurement.protocol().id());
  }

  /** The keys under which any of the results has the metric, the most frequent first. */
  public static List<MetricKey> of(String metric, Collection<Result> results) {
    return results.stream()
        .flatMap(result -> result.measurements().stream())
        .filter(measurement -> measurement.metric().equals(metric))
        .collect(Collectors.groupingBy(MetricKey::of, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<MetricKey, Long> entry) -> entry.getValue(),
                    Comparator.reverseOrder())
                .thenComparing(entry -> entry.getKey().protocolId()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The result's measurement under this key. */
  public Optional<Measurement> in(Result result) {
    return result.measurements().stream()
        .filter(measurement -> measurement.metric().equals(metric))
        .filter(measurement -> measurement.protocol().id().equals(protocolId))
        .findFirst();
  }
}
