package dev.assay.harness.cli.progress;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What all bars on a terminal have in common. */
final class TerminalBar {
  /** Takes a bar's line away, to be drawn again beneath what is printed next. */
  static final String WIPE = "\r\u001b[K";

  private static final int UPDATE_MILLIS = 250;

  private TerminalBar() {}

  /**
   * A bar that is always up to date; {@link #close} takes it away.
   *
   * @param terminal where it is drawn
   * @param task what is done, for people
   * @param most where it is full
   */
  static ProgressBarBuilder of(PrintStream terminal, String task, long most) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(most)
        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .continuousUpdate()
        .clearDisplayOnFinish()
        .setConsumer(new ConsoleProgressBarConsumer(terminal));
  }

  /** Takes a bar away, one too that is closed before it was drawn, which draws it but once. */
  static void close(ProgressBar bar, PrintStream terminal) {
    bar.close();
    terminal.print(WIPE);
    terminal.flush();
  }
}
