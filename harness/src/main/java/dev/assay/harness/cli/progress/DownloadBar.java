package dev.assay.harness.cli.progress;

import dev.assay.engine.hub.HubEvent;
import dev.assay.engine.hub.HubListener;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Downloads as one line on a terminal: bytes, speed, time to go, file. */
public final class DownloadBar implements HubListener {
  private static final int UPDATE_MILLIS = 250;
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
      // Wipes the bar's line, which is drawn again beneath.
      terminal.print("\r\u001b[K");
    }
    terminal.println(event.describe());
    if (event instanceof HubEvent.DownloadBegan began) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(began.source().name())
              .setInitialMax(began.bytes())
              .setUnit(" MiB", MEBIBYTE)
              .showSpeed()
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .continuousUpdate()
              .clearDisplayOnFinish()
              .setConsumer(new ConsoleProgressBarConsumer(terminal))
              .build();
    }
  }

  /** Takes the line away. */
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
