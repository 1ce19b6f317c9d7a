package dev.assay.leaderboard.site.view;

import java.util.List;

/**
 * A chart's data for people: the first column names, the others are numbers.
 *
 * @param caption what it holds
 * @param heads column heads
 * @param rows lines of as many texts
 */
public record DataTable(String caption, List<String> heads, List<DataRow> rows) {
  public DataTable {
    heads = List.copyOf(heads);
    rows = List.copyOf(rows);
  }

  /**
   * @param name first column, with a link where the row is a cell
   * @param values the other columns
   */
  public record DataRow(Link name, List<String> values) {
    public DataRow {
      values = List.copyOf(values);
    }
  }
}
