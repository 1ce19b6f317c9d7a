package dev.assay.harness.cli.progress;

import dev.assay.harness.run.RunEvent;
import dev.assay.harness.run.RunLines;
import dev.assay.harness.run.RunListener;
import dev.assay.harness.run.worker.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** One line on a terminal that is always up to date: cells, stage, layer, time to go. */
public final class BarProgress implements RunListener {
  private static final long PER_CELL = 100;

  private final PrintStream terminal;
  private final RemainingTime remaining;
  private final RunLines lines = new RunLines();
  private @Nullable ProgressBar bar;
  private int cells;
  private int number;
  private Instant cellBegan = Instant.now();

  /**
   * @param terminal where the line is drawn
   * @param estimates seconds of each cell by its id
   */
  public BarProgress(PrintStream terminal, Map<String, Double> estimates) {
    this.terminal = terminal;
    this.remaining = new RemainingTime(estimates);
  }

  @Override
  public void on(RunEvent event) {
    Optional<String> line = lines.of(event);
    if (event instanceof RunEvent.RunBegan began) {
      line.ifPresent(terminal::println);
      begin(began);
    } else if (event instanceof RunEvent.CellSkipped skipped) {
      remaining.skipped(skipped.cell().id());
      step(skipped.number() * PER_CELL, "");
    } else if (event instanceof RunEvent.CellBegan began) {
      number = began.number();
      cellBegan = Instant.now();
      remaining.began(began.cell().id());
      step((number - 1) * PER_CELL, began.cell().name());
    } else if (event instanceof RunEvent.CellProgressed progressed) {
      Progress progress = progressed.progress();
      step(
          (number - 1) * PER_CELL + StageShare.percent(progress),
          progressed.cell().name() + " · " + progress.text());
    } else if (event instanceof RunEvent.CellEnded ended) {
      remaining.ended(Duration.between(ended.result().startedAt(), ended.result().finishedAt()));
      line.ifPresent(this::above);
      step(number * PER_CELL, "");
    } else {
      close();
      line.ifPresent(terminal::println);
    }
  }

  private void begin(RunEvent.RunBegan began) {
    cells = began.cells();
    bar =
        TerminalBar.of(terminal, began.suite(), cells * PER_CELL)
            .setUnit(" cells", PER_CELL)
            .setEtaFunction(
                state -> remaining.remaining(Duration.between(cellBegan, Instant.now())))
            .build();
  }

  private void step(long position, String message) {
    if (bar != null) {
      bar.stepTo(position);
      bar.setExtraMessage(message);
    }
  }

  /** Prints a line that stays, above the bar. */
  private void above(String line) {
    ProgressBar drawn = bar;
    if (drawn != null) {
      drawn.pause();
      terminal.print(TerminalBar.WIPE);
      terminal.println(line);
      drawn.resume();
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
