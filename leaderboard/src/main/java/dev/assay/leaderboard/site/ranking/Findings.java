package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.Finding;
import dev.assay.leaderboard.site.view.Link;
import dev.assay.leaderboard.stats.Comparison;
import dev.assay.leaderboard.stats.MetricKey;
import dev.assay.leaderboard.stats.ParetoFront;
import dev.assay.leaderboard.stats.Place;
import dev.assay.leaderboard.stats.Ranking;
import dev.assay.leaderboard.stats.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What the figures of one model's cells say, in sentences that the data alone decide. */
final class Findings {
  /** Cells of 4-bit weights with their scales and zeros fall below it. */
  private static final double FEW_BITS = 4.5;

  /** Metrics that are shown with their standard errors. */
  private static final Set<String> QUALITY = Set.of(Metrics.PERPLEXITY, Metrics.BITS_PER_BYTE);

  private final RankedCells members;
  private final String suffix;
  private final List<Finding> findings = new ArrayList<>();

  private Findings(RankedCells members, String suffix) {
    this.members = members;
    this.suffix = suffix;
  }

  /** Findings for each model. */
  static List<Finding> of(RankedCells members) {
    boolean several = members.models().size() > 1;
    return members.models().stream()
        .flatMap(
            model ->
                new Findings(members.ofModel(model), several ? ", " + model : "").all().stream())
        .toList();
  }

  private List<Finding> all() {
    best(
        String.format(
            Locale.ROOT,
            "Lowest %s at ≤ %.1f bits per weight",
            MetricName.inText(members.by().metric()),
            FEW_BITS),
        members.results().stream().filter(Findings::hasFewBits).toList(),
        members.by());
    asGoodAsBaseline();
    members
        .usual(Metrics.DECODE_THROUGHPUT)
        .ifPresent(key -> best("Fastest measured decode", members.results(), key));
    members
        .usual(Metrics.SIZE_ON_DISK)
        .ifPresent(
            key -> {
              best("Smallest artifact", members.results(), key);
              front("Pareto front of perplexity and size", key);
            });
    members
        .usual(Metrics.DECODE_THROUGHPUT)
        .ifPresent(key -> front("Pareto front of perplexity and decode speed", key));
    return findings;
  }

  private static boolean hasFewBits(Result result) {
    return result.measurements().stream()
        .filter(measurement -> measurement.metric().equals(Metrics.BITS_PER_WEIGHT))
        .map(Measurement::value)
        .anyMatch(bits -> bits != null && bits <= FEW_BITS);
  }

  private void best(String question, List<Result> among, MetricKey key) {
    List<Place> first =
        Ranking.of(among, key).places().stream()
            .filter(
                place -> place.standing() instanceof Standing.Ranked ranked && ranked.rank() == 1)
            .toList();
    if (first.isEmpty()) {
      return;
    }
    List<Result> answer = first.stream().map(Place::result).toList();
    add(question, answer, evidence(answer.get(0), key) + (answer.size() > 1 ? "; tied" : ""));
  }

  private String evidence(Result result, MetricKey key) {
    Measurement measurement = key.in(result).orElseThrow();
    double value = Objects.requireNonNull(measurement.value());
    Scale scale = Scale.of(key.metric(), measurement.unit(), value);
    Optional<Comparison.Entry> entry = members.compare(result, key);
    String ratio =
        entry
            .filter(Comparison.Known.class::isInstance)
            .filter(each -> !result.cell().baseline())
            .map(each -> ((Comparison.Known) each).ratio().value())
            .map(times -> ", " + Ratios.times(times) + " the baseline’s")
            .orElse("");
    String error =
        measurement.standardError() != null && QUALITY.contains(key.metric())
            ? " ± " + scale.number(measurement.standardError())
            : "";
    return scale.text(value) + error + ratio;
  }

  private void asGoodAsBaseline() {
    List<Result> equal =
        members.results().stream()
            .filter(result -> !result.cell().baseline())
            .filter(
                result ->
                    members.compare(result, members.by()).orElse(null)
                            instanceof Comparison.Known known
                        && known.verdict() != Comparison.Verdict.WORSE)
            .toList();
    if (!equal.isEmpty()) {
      add(
          MetricName.of(members.by().metric()) + " not told apart from the baseline’s, or better",
          equal,
          "the interval of the ratio includes 1 or lies below it");
    }
  }

  private void front(String question, MetricKey other) {
    ParetoFront front = ParetoFront.of(members.results(), other, members.perplexity());
    List<Result> on = front.front().stream().map(ParetoFront.Point::result).toList();
    long qualifying = front.points().stream().filter(ParetoFront.Point::qualifies).count();
    if (!on.isEmpty()) {
      add(
          question,
          on,
          on.size() + " of the " + qualifying + " cells whose two figures may be compared");
    }
  }

  private void add(String question, List<Result> answer, String evidence) {
    List<Link> links = answer.stream().map(CellText::link).toList();
    findings.add(new Finding(question + suffix, links, evidence));
  }
}
