package dev.assay.harness.hardware.disturbance;

import com.sun.management.OperatingSystemMXBean;
import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.counter.Clocks;
import dev.assay.harness.hardware.counter.CpuPressure;
import dev.assay.harness.hardware.counter.CpuTimes;
import dev.assay.harness.hardware.counter.RunQueue;
import java.lang.management.ManagementFactory;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches the machine around a piece of work of this process. The counters are read before and
 * after, never meanwhile. The clock is read at the end, when the processors are as awake as the
 * work made them.
 */
public final class Watch {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Supplier<Reading<CpuTimes>> everybody;
  private final DoubleSupplier ourselves;
  private final LongSupplier nanoTime;
  private final Clocks clocks = Clocks.ofKernel();
  private final CpuPressure.Interval pressure = CpuPressure.ofKernel().start();
  private final RunQueue queue = RunQueue.ofThisProcess();
  private final OptionalLong throttles = clocks.throttles();
  private final @Nullable CpuTimes times;
  private final double own;
  private final long start;

  /**
   * Begins to watch.
   *
   * @param everybody times of the processors
   * @param ourselves processor time of this process in seconds; negative where it is not told
   */
  Watch(Supplier<Reading<CpuTimes>> everybody, DoubleSupplier ourselves, LongSupplier nanoTime) {
    this.everybody = everybody;
    this.ourselves = ourselves;
    this.nanoTime = nanoTime;
    this.times = everybody.get().orNull();
    this.own = ourselves.getAsDouble();
    this.start = nanoTime.getAsLong();
  }

  /** Begins to watch. */
  public static Watch start() {
    return new Watch(CpuTimes::ofKernel, Watch::ownSeconds, System::nanoTime);
  }

  /** What has been seen since. */
  public Observation stop() {
    double seconds = (nanoTime.getAsLong() - start) / NANOS_PER_SECOND;
    OptionalDouble clock = clocks.highest();
    double ownNow = ourselves.getAsDouble();
    CpuTimes now = everybody.get().orNull();
    Double used = own < 0 || ownNow < 0 ? null : ownNow - own;
    Double all = times == null || now == null ? null : now.busySeconds() - times.busySeconds();
    OptionalLong throttled = clocks.throttles();
    return new Observation(
        seconds,
        now == null ? Runtime.getRuntime().availableProcessors() : now.processors(),
        waiting(seconds),
        used,
        used == null || all == null ? null : all - used,
        times == null || now == null ? null : now.stolenSeconds() - times.stolenSeconds(),
        clock.isPresent() ? clock.getAsDouble() : null,
        clock.isPresent() ? clock.getAsDouble() : null,
        throttles.isPresent() && throttled.isPresent()
            ? throttled.getAsLong() - throttles.getAsLong()
            : null);
  }

  private @Nullable Double waiting(double seconds) {
    Double share = pressure.share().orNull();
    if (share != null) {
      return share * seconds;
    }
    OptionalDouble longest = queue.longestWait();
    return longest.isPresent() ? longest.getAsDouble() : null;
  }

  /** Processor time of this process; negative where it is not told. */
  private static double ownSeconds() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime() / NANOS_PER_SECOND
        : -1;
  }
}
