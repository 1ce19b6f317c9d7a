package dev.assay.harness.measure.latency;

import dev.assay.harness.hardware.disturbance.Observation;
import dev.assay.harness.hardware.disturbance.Watch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;

/**
 * What else went on in the machine while an iteration ran, its set-up included; handed over as
 * secondary results. Not a number where the machine does not tell.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class InterferenceCounters {
  public double elapsed;
  public double processors;
  public double waiting;
  public double own;
  public double others;
  public double stolen;
  public double clock;
  public double throttles;

  private @Nullable Watch watch;

  @Setup(Level.Iteration)
  public void begin() {
    watch = Watch.start();
  }

  @TearDown(Level.Iteration)
  public void end() {
    Observation seen = Objects.requireNonNull(watch, "JMH begins the iteration first").stop();
    elapsed = seen.seconds();
    processors = seen.processors();
    waiting = told(seen.waiting());
    own = told(seen.own());
    others = told(seen.others());
    stolen = told(seen.stolen());
    clock = told(seen.highestClock());
    throttles = seen.throttles() == null ? Double.NaN : seen.throttles();
  }

  private static double told(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }

  /** What the fork saw around an iteration. */
  static Observation of(IterationResult iteration) {
    Double clock = read(iteration, "clock");
    Double throttles = read(iteration, "throttles");
    return new Observation(
        Objects.requireNonNull(read(iteration, "elapsed")),
        (int) Math.round(Objects.requireNonNull(read(iteration, "processors"))),
        read(iteration, "waiting"),
        read(iteration, "own"),
        read(iteration, "others"),
        read(iteration, "stolen"),
        clock,
        clock,
        throttles == null ? null : Math.round(throttles));
  }

  private static @Nullable Double read(IterationResult iteration, String name) {
    Result<?> result = iteration.getSecondaryResults().get(name);
    if (result == null) {
      throw new IllegalStateException("the fork sent no " + name);
    }
    return Double.isNaN(result.getScore()) ? null : result.getScore();
  }
}
