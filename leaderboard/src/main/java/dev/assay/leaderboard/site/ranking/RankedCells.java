package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.ProtocolName;
import dev.assay.leaderboard.stats.Baselines;
import dev.assay.leaderboard.stats.Comparison;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The cells of one ranking: those with a perplexity under its protocol, and of the same suites
 * those without any perplexity, so that no cell drops out of sight.
 *
 * @param perplexity metric and protocol that the cells have in common
 * @param results the cells' results
 * @param all results of the whole site, as a baseline may stand in another ranking
 */
public record RankedCells(MetricKey perplexity, List<Result> results, List<Result> all) {
  public RankedCells {
    results = List.copyOf(results);
    all = List.copyOf(all);
  }

  /**
   * One group for each perplexity protocol, those in a model's own vocabulary before others, the
   * most frequent first; all in one if there is none.
   */
  public static List<RankedCells> of(Collection<Result> results) {
    List<MetricKey> keys = MetricKey.of(Metrics.PERPLEXITY, results);
    if (keys.isEmpty()) {
      return results.isEmpty()
          ? List.of()
          : List.of(of(new MetricKey(Metrics.PERPLEXITY, "none"), results, results));
    }
    return keys.stream()
        .map(key -> of(key, under(key, results), results))
        .sorted(Comparator.comparing(members -> members.vocabulary().isPresent()))
        .toList();
  }

  private static RankedCells of(MetricKey key, Collection<Result> results, Collection<Result> all) {
    return new RankedCells(key, List.copyOf(results), List.copyOf(all));
  }

  private static List<Result> under(MetricKey key, Collection<Result> results) {
    Set<String> suites =
        results.stream()
            .filter(result -> key.in(result).isPresent())
            .map(result -> result.cell().suite())
            .collect(Collectors.toSet());
    return results.stream()
        .filter(
            result ->
                key.in(result).isPresent()
                    || (suites.contains(result.cell().suite()) && !hasPerplexity(result)))
        .toList();
  }

  private static boolean hasPerplexity(Result result) {
    return result.measurements().stream()
        .anyMatch(measurement -> measurement.metric().equals(Metrics.PERPLEXITY));
  }

  /** The protocol of the perplexity; empty if no cell has one. */
  public Optional<Protocol> protocol() {
    return results.stream()
        .flatMap(result -> perplexity.in(result).stream())
        .map(Measurement::protocol)
        .findFirst();
  }

  /** In what vocabulary the texts were read, in words, where it is not the model's own. */
  public Optional<String> vocabulary() {
    return protocol().flatMap(ProtocolName::vocabulary);
  }

  /**
   * What cells are ranked by: the perplexity, or in another vocabulary than the model's own, where
   * that says nothing beside other rankings, bits per byte.
   */
  public MetricKey by() {
    return vocabulary().flatMap(other -> bitsPerByte()).orElse(perplexity);
  }

  /** The key that a column of the metric shows. */
  public Optional<MetricKey> usual(String metric) {
    return UsualKey.of(metric, results);
  }

  /**
   * The key of the bits per byte of the same text: a cell's stand right behind the perplexity that
   * was taken with them.
   */
  public Optional<MetricKey> bitsPerByte() {
    return results.stream()
        .flatMap(
            result -> {
              List<Measurement> all = result.measurements();
              return IntStream.range(1, all.size())
                  .filter(i -> MetricKey.of(all.get(i - 1)).equals(perplexity))
                  .mapToObj(all::get);
            })
        .filter(measurement -> measurement.metric().equals(Metrics.BITS_PER_BYTE))
        .map(MetricKey::of)
        .findFirst();
  }

  /** The cell that this one's ratios are taken against. */
  public Optional<Result> baselineOf(Result result) {
    return Baselines.find(result, all);
  }

  /** The cell's figure beside the baseline's; empty without baseline or figure. */
  public Optional<Comparison.Entry> compare(Result result, MetricKey key) {
    return baselineOf(result)
        .flatMap(
            baseline ->
                Comparison.of(result, baseline).entries().stream()
                    .filter(entry -> MetricKey.of(entry.cell()).equals(key))
                    .findFirst());
  }

  /** The same ranking confined to one model. */
  public RankedCells ofModel(String model) {
    return new RankedCells(
        perplexity,
        results.stream().filter(result -> result.cell().model().name().equals(model)).toList(),
        all);
  }

  /** Names of the models, each once. */
  public List<String> models() {
    return results.stream().map(result -> result.cell().model().name()).distinct().toList();
  }
}
