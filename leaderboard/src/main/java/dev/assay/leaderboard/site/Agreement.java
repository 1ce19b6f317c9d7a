package dev.assay.leaderboard.site;

import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.KnownMetrics;
import dev.assay.leaderboard.result.KnownMetrics.Kind;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which results can stand beside each other: figures of one metric have one unit and one direction,
 * that of most results, as nothing could be ranked otherwise.
 *
 * @param kept results that agree
 * @param leftOut the others
 */
record Agreement(List<Result> kept, List<LeftOut> leftOut) {

  static Agreement of(Collection<Result> results) {
    Map<String, Kind> usual = usual(results);
    List<Result> kept = new ArrayList<>();
    List<LeftOut> leftOut = new ArrayList<>();
    for (Result result : results) {
      fault(result, usual)
          .ifPresentOrElse(
              reason -> leftOut.add(new LeftOut(result, reason)), () -> kept.add(result));
    }
    return new Agreement(kept, leftOut);
  }

  private static Map<String, Kind> usual(Collection<Result> results) {
    Map<String, Map<Kind, Long>> counts = new HashMap<>();
    for (Result result : results) {
      for (Measurement each : result.measurements()) {
        if (isOfItsKind(each)) {
          counts
              .computeIfAbsent(each.metric(), metric -> new HashMap<>())
              .merge(Kind.of(each), 1L, Long::sum);
        }
      }
    }
    Map<String, Kind> usual = new HashMap<>();
    counts.forEach((metric, kinds) -> usual.put(metric, mostFrequent(metric, kinds)));
    return usual;
  }

  /** Whether the direction is that of a metric that is known; others may have any. */
  private static boolean isOfItsKind(Measurement measurement) {
    Direction direction = measurement.direction();
    return KnownMetrics.of(measurement.metric())
        .map(kind -> kind.direction() == direction)
        .orElse(true);
  }

  /** Of kinds that are as frequent, the one that is known, or else the first by name. */
  private static Kind mostFrequent(String metric, Map<Kind, Long> kinds) {
    Optional<Kind> known = KnownMetrics.of(metric);
    return kinds.entrySet().stream()
        .max(
            Comparator.comparing((Map.Entry<Kind, Long> entry) -> entry.getValue())
                .thenComparing(entry -> known.filter(entry.getKey()::equals).isPresent())
                .thenComparing(entry -> entry.getKey().toString(), Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .orElseThrow();
  }

  private static Optional<String> fault(Result result, Map<String, Kind> usual) {
    return result.measurements().stream()
        .map(each -> fault(each, usual.get(each.metric())))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> fault(Measurement measurement, @Nullable Kind usual) {
    Kind found = Kind.of(measurement);
    Kind expected = usual == null ? KnownMetrics.of(measurement.metric()).orElse(found) : usual;
    return found.equals(expected)
        ? Optional.empty()
        : Optional.of(
            "%s: found unit '%s' and %s, expected unit '%s' and %s, as of this metric"
                .formatted(
                    measurement.metric(),
                    found.unit(),
                    words(found.direction()),
                    expected.unit(),
                    words(expected.direction())));
  }

  private static String words(Direction direction) {
    return switch (direction) {
      case LOWER_IS_BETTER -> "lower is better";
      case HIGHER_IS_BETTER -> "higher is better";
      case NEUTRAL -> "no better and worse";
    };
  }
}
