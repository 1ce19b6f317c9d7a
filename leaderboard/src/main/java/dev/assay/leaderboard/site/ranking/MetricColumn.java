package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.format.Ratios;
import dev.assay.leaderboard.site.format.Scale;
import dev.assay.leaderboard.site.view.Column;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.site.view.Mark;
import dev.assay.leaderboard.stats.Comparison;
import dev.assay.leaderboard.stats.Incomparability;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** A column that shows one metric under one protocol. */
final class MetricColumn implements RankingColumn {
  /** What stands beside the number. */
  enum Spread {
    NONE,
    STANDARD_ERROR,
    INTERVAL
  }

  private final RankedCells members;
  private final MetricKey key;
  private final Spread spread;
  private final Scale scale;
  private final OptionalDouble best;
  private final Column column;

  MetricColumn(
      RankedCells members, MetricKey key, String label, boolean descending, Spread spread) {
    this.members = members;
    this.key = key;
    this.spread = spread;
    List<Measurement> shown =
        members.results().stream()
            .flatMap(result -> key.in(result).stream())
            .filter(measurement -> measurement.value() != null)
            .toList();
    String unit = shown.isEmpty() ? "" : shown.get(0).unit();
    scale = Scale.of(key.metric(), unit, shown.stream().map(MetricColumn::value).toList());
    DoubleStream ranked =
        shown.stream().filter(Incomparability::isComparable).mapToDouble(MetricColumn::value);
    best = descending ? ranked.max() : ranked.min();
    column =
        new Column(
            key.metric(),
            label,
            scale.unit(),
            MetricName.of(key.metric()) + ", protocol " + key.protocolId(),
            descending);
  }

  @Override
  public Column column() {
    return column;
  }

  @Override
  public Optional<MetricKey> key() {
    return Optional.of(key);
  }

  @Override
  public Figure figure(Result result) {
    Measurement found = key.in(result).orElse(null);
    if (found == null) {
      return Figure.gap(null, MissingFigures.reason(result, key));
    }
    Mark mark = Mark.of(found.provenance());
    if (found.value() == null) {
      return Figure.gap(mark, "unsupported: " + found.note());
    }
    double value = value(found);
    boolean aside = !Incomparability.isComparable(found);
    return new Figure(
        scale.number(value),
        spread(found),
        mark,
        Mark.ofDisturbance(found.disturbed()),
        FigureTitle.of(found, scale),
        aside ? null : Double.toString(value),
        aside || best.isEmpty() || best.getAsDouble() == 0
            ? null
            : Ratios.times(value / best.getAsDouble()),
        toBaseline(result),
        aside);
  }

  private @Nullable String toBaseline(Result result) {
    return members
        .compare(result, key)
        .filter(Comparison.Known.class::isInstance)
        .map(entry -> Ratios.times(((Comparison.Known) entry).ratio().value()))
        .orElse(null);
  }

  private @Nullable String spread(Measurement measurement) {
    if (spread == Spread.STANDARD_ERROR && measurement.standardError() != null) {
      return "± " + scale.number(measurement.standardError());
    }
    if (spread == Spread.INTERVAL && measurement.interval() != null) {
      Interval interval = measurement.interval();
      return "[" + scale.number(interval.low()) + ", " + scale.number(interval.high()) + "]";
    }
    return null;
  }

  private static double value(Measurement measurement) {
    return Objects.requireNonNull(measurement.value());
  }
}
