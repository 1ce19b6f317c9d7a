package dev.assay.harness.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/**
 * Says what to mind, a line each.
 *
 * @param err standard error
 */
record WarningLines(PrintWriter err) implements Consumer<String> {
  @Override
  public void accept(String warning) {
    err.println("assay: warning: " + OneLine.of(warning));
    err.flush();
  }
}
