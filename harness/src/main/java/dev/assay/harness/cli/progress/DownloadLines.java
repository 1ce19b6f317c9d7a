package dev.assay.harness.cli.progress;

import dev.assay.harness.hub.HubEvent;
import dev.assay.harness.hub.HubListener;
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
      out.println(line(event));
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

  static String line(HubEvent event) {
    if (event instanceof HubEvent.DownloadBegan began) {
      return String.format(
          Locale.ROOT,
          "download %s begins: %d files, %,d bytes, commit %s",
          began.model(),
          began.files(),
          began.bytes(),
          began.commit());
    } else if (event instanceof HubEvent.DownloadRetried retried) {
      return String.format(
          Locale.ROOT,
          "%s: %s; trying again in %.1f s",
          retried.what(),
          retried.reason(),
          retried.pause().toMillis() / 1e3);
    } else if (event instanceof HubEvent.DownloadEnded ended) {
      return "download " + ended.model() + " is done: " + ended.path();
    }
    HubEvent.DownloadProgressed progressed = (HubEvent.DownloadProgressed) event;
    return progressed.file();
  }
}
