package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ranking under one perplexity protocol, and what belongs to it.
 *
 * @param id unique on the page
 * @param title what the perplexity is taken on
 * @param by what cells are ranked by, in words
 * @param protocol the protocol's id
 * @param machine the machine, where the page shows several; absent where there is one
 * @param settings the protocol
 * @param columns heads of the figures
 * @param rows cells, the best first
 * @param notes what a reader must know to read it rightly
 * @param findings what the data say
 * @param charts Pareto charts
 */
public record RankingTable(
    String id,
    String title,
    String by,
    String protocol,
    @Nullable String machine,
    List<Fact> settings,
    List<Column> columns,
    List<Row> rows,
    List<String> notes,
    List<Finding> findings,
    List<Chart> charts) {
  public RankingTable {
    settings = List.copyOf(settings);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
    findings = List.copyOf(findings);
    charts = List.copyOf(charts);
  }
}
