package dev.assay.harness.cli.table;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text under a heading.
 *
 * @param columns names of the columns
 * @param rows cells of each row, one a column
 */
public record Table(List<String> columns, List<List<String>> rows) {
  public Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException("found row " + row + " under columns " + columns);
      }
    }
  }

  /** A table that is put together row by row. */
  public static Builder of(String... columns) {
    return new Builder(List.of(columns));
  }

  /** Collects rows. */
  public static final class Builder {
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    private Builder(List<String> columns) {
      this.columns = columns;
    }

    /** Adds a row, one cell a column. */
    public Builder row(String... cells) {
      rows.add(List.of(cells));
      return this;
    }

    public Table build() {
      return new Table(columns, rows);
    }
  }
}
