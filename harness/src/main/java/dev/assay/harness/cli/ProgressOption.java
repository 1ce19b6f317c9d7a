package dev.assay.harness.cli;

import dev.assay.engine.calibration.StageContext.Progress;
import dev.assay.engine.hub.HubListener;
import dev.assay.harness.cli.progress.DownloadBar;
import dev.assay.harness.cli.progress.DownloadLines;
import dev.assay.harness.cli.progress.WorkBar;
import dev.assay.harness.cli.progress.WorkLines;
import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The option {@code --progress} of verbs that take long. */
final class ProgressOption {
  /** How progress is shown. */
  enum Style {
    AUTO,
    BAR,
    PLAIN,
    NONE
  }

  @Option(
      names = "--progress",
      paramLabel = "STYLE",
      defaultValue = "AUTO",
      description = "${COMPLETION-CANDIDATES}; AUTO is a bar on a terminal (default).")
  private Style progress = Style.AUTO;

  /** Never {@code AUTO}. The launcher says whether standard error is a terminal. */
  Style style() {
    if (progress != Style.AUTO) {
      return progress;
    }
    return Boolean.getBoolean("assay.terminal") ? Style.BAR : Style.PLAIN;
  }

  /**
   * Shows how much of some work is done while it goes on.
   *
   * @param task what is done, for people
   */
  <T> T counting(PrintWriter err, String task, Function<Progress, T> work) {
    return switch (style()) {
      case BAR -> {
        WorkBar bar = new WorkBar(System.err, task);
        try {
          yield work.apply(bar::done);
        } finally {
          bar.close();
        }
      }
      case NONE -> work.apply((finished, all) -> {});
      case PLAIN, AUTO -> work.apply(new WorkLines(err, task)::done);
    };
  }

  /** Shows the downloads of some work while it goes on. */
  <T> T showing(PrintWriter err, Function<HubListener, T> work) {
    return switch (style()) {
      case BAR -> {
        DownloadBar bar = new DownloadBar(System.err);
        try {
          yield work.apply(bar);
        } finally {
          bar.close();
        }
      }
      case NONE -> work.apply(event -> {});
      case PLAIN, AUTO -> work.apply(new DownloadLines(err));
    };
  }
}
