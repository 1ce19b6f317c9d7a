package dev.assay.harness.cli.progress;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How much of some work is done, as one line on a terminal. */
public final class WorkBar {
  private static final int UPDATE_MILLIS = 250;

  private final ProgressBar bar;

  /**
   * @param terminal where the line is drawn
   * @param task what is done, for people
   */
  public WorkBar(PrintStream terminal, String task) {
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(0)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .continuousUpdate()
            .clearDisplayOnFinish()
            .setConsumer(new ConsoleProgressBarConsumer(terminal))
            .build();
  }

  /** So much of it is done. */
  public void done(long finished, long all) {
    bar.maxHint(all);
    bar.stepTo(finished);
  }

  /** Takes the line away. */
  public void close() {
    bar.close();
  }
}
