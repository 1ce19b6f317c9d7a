package dev.assay.harness.cli.progress;

import dev.assay.engine.hub.HubEvent;
import dev.assay.engine.hub.HubListener;
import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** Downloads as one line on a terminal: bytes, speed, time to go, file. */
public final class DownloadBar implements HubListener {
  private static final long MEBIBYTE = 1L << 20;

  private final PrintStream terminal;
  private @Nullable ProgressBar bar;

  /**
   * @param terminal where the line is drawn
   */
  public DownloadBar(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void on(HubEvent event) {
    if (event instanceof HubEvent.DownloadProgressed progressed) {
      if (bar != null) {
        bar.maxHint(progressed.total());
        bar.stepTo(progressed.done());
        bar.setExtraMessage(progressed.file());
      }
      return;
    }
    if (event instanceof HubEvent.DownloadBegan || event instanceof HubEvent.DownloadEnded) {
      close();
    } else if (bar != null) {
      terminal.print(TerminalBar.WIPE);
    }
    terminal.println(event.describe());
    if (event instanceof HubEvent.DownloadBegan began) {
      bar =
          TerminalBar.of(terminal, began.source().name(), began.bytes())
              .setUnit(" MiB", MEBIBYTE)
              .showSpeed()
              .build();
    }
  }

  /** Takes the line away. */
  public void close() {
    if (bar != null) {
      TerminalBar.close(bar, terminal);
      bar = null;
    }
  }
}
