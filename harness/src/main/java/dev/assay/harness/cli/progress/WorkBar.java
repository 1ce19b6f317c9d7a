package dev.assay.harness.cli.progress;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;

/** How much of some work is done, as one line on a terminal. */
public final class WorkBar {
  private final PrintStream terminal;
  private final ProgressBar bar;

  /**
   * @param terminal where the line is drawn
   * @param task what is done, for people
   */
  public WorkBar(PrintStream terminal, String task) {
    this.terminal = terminal;
    this.bar = TerminalBar.of(terminal, task, 0).build();
  }

  /** So much of it is done. */
  public void done(long finished, long all) {
    bar.maxHint(all);
    bar.stepTo(finished);
  }

  /** Takes the line away. */
  public void close() {
    TerminalBar.close(bar, terminal);
  }
}
