package dev.assay.harness.hardware.disturbance;

import dev.assay.leaderboard.result.Conditions;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What was seen while something was measured; sums, so that several stretches can be added up. What
 * the machine does not tell is null.
 *
 * @param seconds how long it took
 * @param processors logical processors of the machine
 * @param waiting seconds in which some task waited for a processor
 * @param own processor seconds of the measured process
 * @param others processor seconds of all other processes
 * @param stolen processor seconds that a hypervisor took away
 * @param lowestClock lowest clock read, in hertz
 * @param highestClock highest clock read, in hertz
 * @param throttles times that a processor was throttled
 */
public record Observation(
    double seconds,
    int processors,
    @Nullable Double waiting,
    @Nullable Double own,
    @Nullable Double others,
    @Nullable Double stolen,
    @Nullable Double lowestClock,
    @Nullable Double highestClock,
    @Nullable Long throttles) {

  /** This stretch and another, as one. */
  public Observation plus(Observation other) {
    return new Observation(
        seconds + other.seconds,
        Math.max(processors, other.processors),
        both(waiting, other.waiting, Double::sum),
        both(own, other.own, Double::sum),
        both(others, other.others, Double::sum),
        both(stolen, other.stolen, Double::sum),
        both(lowestClock, other.lowestClock, Math::min),
        both(highestClock, other.highestClock, Math::max),
        both(throttles, other.throttles, Long::sum));
  }

  Observation withoutClock() {
    return new Observation(
        seconds, processors, waiting, own, others, stolen, null, null, throttles);
  }

  private static <N extends @Nullable Number> @Nullable N both(
      @Nullable N one, @Nullable N other, BinaryOperator<N> operator) {
    return one == null || other == null ? null : operator.apply(one, other);
  }

  /** Share of the time in which some task waited for a processor. */
  @Nullable Double waitingShare() {
    return waiting == null || seconds <= 0 ? null : within(waiting / seconds);
  }

  /** Processors that other processes kept busy on average. */
  @Nullable Double otherProcessors() {
    return others == null || seconds <= 0 ? null : Math.max(0, others / seconds);
  }

  /** Share of the processors' time that was stolen. */
  @Nullable Double stolenShare() {
    return stolen == null || seconds <= 0 ? null : within(stolen / (seconds * processors));
  }

  /** Lowest clock over the highest. */
  @Nullable Double clockRatio() {
    return lowestClock == null || highestClock == null || highestClock <= 0
        ? null
        : within(lowestClock / highestClock);
  }

  private static double within(double share) {
    return Math.max(0, Math.min(1, share));
  }

  /** The evidence as a result keeps it. */
  public Conditions conditions(int attempts) {
    return new Conditions(
        waitingShare(), otherProcessors(), stolenShare(), clockRatio(), throttles, attempts);
  }
}
