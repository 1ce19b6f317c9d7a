package dev.assay.harness.cli.progress;

import dev.assay.harness.run.RunEvent;
import dev.assay.harness.run.RunLines;
import dev.assay.harness.run.RunListener;
import java.io.PrintWriter;

/** Plain lines, for logs and CI. */
public final class PlainProgress implements RunListener {
  private final PrintWriter out;
  private final RunLines lines = new RunLines();

  public PlainProgress(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void on(RunEvent event) {
    lines
        .of(event)
        .ifPresent(
            line -> {
              out.println(line);
              out.flush();
            });
  }
}
