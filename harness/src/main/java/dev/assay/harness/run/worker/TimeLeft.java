package dev.assay.harness.run.worker;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long steps will still take, by those since it was first asked: the first step of all, which
 * takes longer, is left out, and so are those that an earlier run has made.
 */
final class TimeLeft {
  private static final long MINUTE = 60;

  private final LongSupplier nanos;
  private long start;
  private int before;
  private int last = -1;

  /**
   * @param nanos a clock
   */
  TimeLeft(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** For example {@code 2 min 5 s left}; empty while nothing is known. */
  String text(int finished, int steps) {
    if (last < 0 || finished < last) {
      start = nanos.getAsLong();
      before = finished;
    }
    last = finished;
    if (finished <= before) {
      return "";
    }
    long each = (nanos.getAsLong() - start) / (finished - before);
    return span(Duration.ofNanos(each * Math.max(0, steps - finished)).toSeconds()) + " left";
  }

  private static String span(long seconds) {
    long minutes = seconds / MINUTE;
    if (minutes == 0) {
      return seconds + " s";
    }
    return minutes < MINUTE
        ? minutes + " min " + seconds % MINUTE + " s"
        : minutes / MINUTE + " h " + minutes % MINUTE + " min";
  }
}
