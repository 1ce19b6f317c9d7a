package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.ProtocolName;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which of several protocols of a metric a column shows: the one that most cells have a value
 * under; of equally frequent ones the one that rests on a measured ceiling, as utilizations are
 * taken against several.
 */
final class UsualKey {
  private record Candidate(MetricKey key, Measurement example, long values) {
    boolean isAgainstMeasured() {
      return example.protocol().settings().getOrDefault("ceiling", "").startsWith("measured");
    }

    String line() {
      return ProtocolName.line(example.protocol());
    }
  }

  private UsualKey() {}

  static Optional<MetricKey> of(String metric, Collection<Result> results) {
    Map<MetricKey, Candidate> candidates = new LinkedHashMap<>();
    for (Result result : results) {
      for (Measurement measurement : result.measurements()) {
        if (measurement.metric().equals(metric)) {
          MetricKey key = MetricKey.of(measurement);
          Candidate one = new Candidate(key, measurement, measurement.value() == null ? 0 : 1);
          candidates.merge(
              key, one, (a, b) -> new Candidate(key, a.example(), a.values() + b.values()));
        }
      }
    }
    return candidates.values().stream()
        .min(
            Comparator.comparing(Candidate::values, Comparator.reverseOrder())
                .thenComparing(candidate -> !candidate.isAgainstMeasured())
                .thenComparing(Candidate::line))
        .map(Candidate::key);
  }
}
