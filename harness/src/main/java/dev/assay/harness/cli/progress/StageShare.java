package dev.assay.harness.cli.progress;

import dev.assay.harness.run.worker.Progress;
import java.util.List;

/** Roughly which share of a cell is done when a stage is so far, for the length of a bar only. */
final class StageShare {
  private record Span(String stage, int from, int to) {}

  private static final List<Span> SPANS =
      List.of(
          new Span("machine ceilings", 0, 2),
          new Span("synthesize", 2, 3),
          new Span("load", 3, 4),
          new Span("compress", 4, 30),
          new Span("size", 30, 35),
          new Span("quality", 35, 60),
          new Span("ceilings", 60, 62),
          new Span("latency", 62, 94),
          new Span("memory", 94, 97),
          new Span("energy", 97, 100));

  private StageShare() {}

  /** Hundredths of the cell. */
  static long percent(Progress progress) {
    for (Span span : SPANS) {
      if (span.stage().equals(progress.stage())) {
        long within =
            progress.total() == 0
                ? 0
                : (span.to() - span.from()) * progress.done() / progress.total();
        return span.from() + within;
      }
    }
    return 0;
  }
}
