package dev.assay.harness.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.assay.harness.cli.table.Table;
import dev.assay.harness.cli.table.TableFormat;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The option {@code --format} of verbs that print tables. */
final class TableOutput {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "TABLE",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private TableFormat format = TableFormat.TABLE;

  /** Whether people rather than programs are to read it. */
  boolean forPeople() {
    return format == TableFormat.TABLE || format == TableFormat.MD;
  }

  void print(PrintWriter out, Table table) {
    try {
      out.print(format.render(table));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a table of text can always be written", e);
    }
  }
}
