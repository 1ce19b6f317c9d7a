package dev.assay.harness.hardware.disturbance;

import com.sun.management.OperatingSystemMXBean;
import dev.assay.harness.hardware.counter.Clocks;
import dev.assay.harness.hardware.counter.CpuPressure;
import dev.assay.harness.hardware.counter.CpuTimes;
import dev.assay.harness.hardware.counter.RunQueue;
import java.lang.management.ManagementFactory;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Watches the machine around a piece of work of this process. The counters are read before and
 * after, never meanwhile. The clock is read at the end, when the processors are as awake as the
 * work made them.
 */
public final class Watch {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Clocks clocks = Clocks.ofKernel();
  private final CpuPressure.Interval pressure = CpuPressure.ofKernel().start();
  private final RunQueue queue = RunQueue.ofThisProcess();
  private final OptionalLong throttles = clocks.throttles();
  private final @Nullable CpuTimes times = CpuTimes.ofKernel().orNull();
  private final double own = ownSeconds();
  private final long start = System.nanoTime();

  private Watch() {}

  /** Begins to watch. */
  public static Watch start() {
    return new Watch();
  }

  /** What has been seen since. */
  public Observation stop() {
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    OptionalDouble clock = clocks.highest();
    double ownNow = ownSeconds();
    CpuTimes now = CpuTimes.ofKernel().orNull();
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
