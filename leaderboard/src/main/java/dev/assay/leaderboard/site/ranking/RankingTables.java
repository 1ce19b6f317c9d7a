package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.chart.ParetoCharts;
import dev.assay.leaderboard.site.format.Machines;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.format.ProtocolName;
import dev.assay.leaderboard.site.view.Chart;
import dev.assay.leaderboard.site.view.Fact;
import dev.assay.leaderboard.site.view.RankingTable;
import dev.assay.leaderboard.site.view.Row;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rankings of the front page, one for each perplexity protocol, a model's own vocabulary first.
 */
public final class RankingTables {
  private final ParetoCharts charts;

  /**
   * @param charts makes the charts beside each ranking
   */
  public RankingTables(ParetoCharts charts) {
    this.charts = charts;
  }

  /** Rankings of the results machine by machine, that of the most frequent protocol first. */
  public List<RankingTable> of(Collection<Result> results) {
    Machines machines = Machines.of(results);
    return machines.byId().entrySet().stream()
        .flatMap(
            machine ->
                RankedCells.of(machine.getValue()).stream()
                    .map(members -> table(members, machine.getKey(), machines)))
        .toList();
  }

  private RankingTable table(RankedCells members, String machine, Machines machines) {
    String label = machines.label(machine);
    String suffix = label == null ? "" : "-" + machine;
    List<RankingColumn> columns = RankingColumns.of(members);
    List<Row> rows = RankingRows.of(members, columns);
    Optional<Protocol> protocol = members.protocol();
    String id = members.perplexity().protocolId();
    return new RankingTable(
        "ranking-" + id + suffix,
        protocol.map(ProtocolName::title).orElse("no perplexity was taken"),
        MetricName.inText(members.by().metric()),
        id,
        label,
        protocol.map(RankingTables::settings).orElse(List.of()),
        columns.stream().map(RankingColumn::column).toList(),
        rows,
        RankingNotes.of(members, columns, rows),
        Findings.of(members),
        charts(members, suffix));
  }

  private List<Chart> charts(RankedCells members, String suffix) {
    List<MetricKey> ofAll =
        Stream.of(Metrics.SIZE_ON_DISK, Metrics.DECODE_THROUGHPUT)
            .flatMap(metric -> members.usual(metric).stream())
            .toList();
    List<Chart> all =
        new ArrayList<>(charts.of(members.results(), members.perplexity(), suffix, ofAll));
    members
        .usual(Metrics.TRAINING_FLOPS)
        .ifPresent(key -> all.addAll(training(members, suffix, key)));
    return all;
  }

  /** Of those alone that train, as most do not. */
  private List<Chart> training(RankedCells members, String suffix, MetricKey flops) {
    List<Result> those =
        members.results().stream().filter(result -> flops.in(result).isPresent()).toList();
    return charts.of(those, members.perplexity(), suffix, List.of(flops));
  }

  private static List<Fact> settings(Protocol protocol) {
    return protocol.settings().entrySet().stream()
        .map(setting -> Fact.of(setting.getKey(), setting.getValue()))
        .toList();
  }
}
