package dev.assay.harness.cli.progress;

import dev.assay.engine.hub.HubEvent;
import dev.assay.engine.hub.HubListener;
import java.io.PrintWriter;
import java.util.Locale;

/** Downloads in plain lines, at most one for each tenth, for logs and CI. */
public final class DownloadLines implements HubListener {
  private static final int TENTHS = 10;

  private final PrintWriter out;
  private long tenth;

  public DownloadLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void on(HubEvent event) {
    if (event instanceof HubEvent.DownloadProgressed progressed) {
      progressed(progressed);
    } else {
      out.println(event.describe());
      out.flush();
    }
  }

  private void progressed(HubEvent.DownloadProgressed event) {
    long now = TENTHS * event.done() / Math.max(1, event.total());
    if (now > tenth) {
      out.printf(
          Locale.ROOT,
          "  %d %%, %,d of %,d bytes, %s%n",
          TENTHS * now,
          event.done(),
          event.total(),
          event.file());
      out.flush();
    }
    tenth = now;
  }
}
