package dev.assay.harness.measure.latency;

import dev.assay.harness.hardware.counter.CpuPressure;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long some task of the machine had to wait for a CPU while an iteration ran; handed over as
 * secondary results. Negative where the kernel does not tell.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Disturbance {
  private static final double UNKNOWN = -1;

  /** Seconds of the iteration, its set-up included. */
  public double elapsedSeconds;

  /** Of these, seconds in which some task waited. */
  public double stalledSeconds;

  private CpuPressure.@Nullable Interval interval;
  private long start;

  @Setup(Level.Iteration)
  public void begin() {
    start = System.nanoTime();
    interval = CpuPressure.ofKernel().start();
  }

  @TearDown(Level.Iteration)
  public void end() {
    elapsedSeconds = (System.nanoTime() - start) / 1e9;
    Double share = interval == null ? null : interval.share().orNull();
    stalledSeconds = share == null ? UNKNOWN : share * elapsedSeconds;
  }
}
