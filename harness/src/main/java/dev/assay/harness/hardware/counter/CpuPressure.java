package dev.assay.harness.hardware.counter;

import dev.assay.harness.hardware.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Share of time in which some runnable task waited for a CPU: the {@code some} line of Linux
 * pressure-stall information ({@code Documentation/accounting/psi.rst} of the kernel). Time taken
 * away by a hypervisor does not show.
 */
public final class CpuPressure {
  private static final Pattern SOME_TOTAL = Pattern.compile("(?m)^some .*\\btotal=(\\d+)");
  private static final double NANOS_PER_MICRO = 1e3;

  private final Path file;
  private final LongSupplier nanoTime;

  CpuPressure(Path file, LongSupplier nanoTime) {
    this.file = file;
    this.nanoTime = nanoTime;
  }

  /** The pressure that this machine's kernel reports. */
  public static CpuPressure ofKernel() {
    return new CpuPressure(Path.of("/proc/pressure/cpu"), System::nanoTime);
  }

  /** Begins an interval. */
  public Interval start() {
    return new Interval(nanoTime.getAsLong(), stalledMicros());
  }

  private Reading<Long> stalledMicros() {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      return Reading.unavailable("the kernel offers no pressure-stall information (" + file + ")");
    }
    Matcher matcher = SOME_TOTAL.matcher(text);
    return matcher.find()
        ? Reading.of(Long.parseLong(matcher.group(1)))
        : Reading.unavailable(file + " has no line 'some … total='");
  }

  /** A span of time that began when it was made. */
  public final class Interval {
    private final long startNanos;
    private final Reading<Long> startStalled;

    private Interval(long startNanos, Reading<Long> startStalled) {
      this.startNanos = startNanos;
      this.startStalled = startStalled;
    }

    /** The share, 0 to 1, of the time since the interval's start. */
    public Reading<Double> share() {
      double elapsedMicros = (nanoTime.getAsLong() - startNanos) / NANOS_PER_MICRO;
      if (elapsedMicros <= 0) {
        return Reading.unavailable("the interval is empty");
      }
      return startStalled.flatMap(
          before ->
              stalledMicros()
                  .flatMap(after -> Reading.of(Math.min(1, (after - before) / elapsedMicros))));
    }
  }
}
