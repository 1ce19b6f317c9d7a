package dev.assay.harness.cli.progress;

import java.io.PrintWriter;

/** How much of some work is done, in plain lines, at most one for each tenth. */
public final class WorkLines {
  private static final int TENTHS = 10;

  private final PrintWriter out;
  private final String task;
  private long tenth;

  /**
   * @param task what is done, for people
   */
  public WorkLines(PrintWriter out, String task) {
    this.out = out;
    this.task = task;
  }

  /** So much of it is done. */
  public void done(long finished, long all) {
    long now = TENTHS * finished / Math.max(1, all);
    if (now > tenth) {
      out.println("%s: %d/%d".formatted(task, finished, all));
      out.flush();
    }
    tenth = now;
  }
}
