package dev.assay.harness.hardware.ceiling;

import dev.assay.harness.hardware.disturbance.Attempts;
import dev.assay.harness.hardware.disturbance.Attempts.Attempt;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.harness.hardware.disturbance.Limits;
import dev.assay.harness.hardware.disturbance.Observation;
import dev.assay.harness.hardware.disturbance.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Times work again and again. A sample covers as many repetitions as take some 20 ms, so that the
 * clock and the call do not matter; finding that number warms up.
 */
final class RateSampler {
  private static final long SAMPLE_NANOS = Duration.ofMillis(20).toNanos();
  private static final int MIN_SAMPLES = 5;
  private static final double NANOS_PER_SECOND = 1e9;

  private final long budgetNanos;
  private final LongSupplier nanoTime;
  private final Supplier<Supplier<Observation>> watch;

  /**
   * @param watch begins to watch the machine, and gives what tells what was seen since
   */
  RateSampler(Duration budget, LongSupplier nanoTime, Supplier<Supplier<Observation>> watch) {
    this.budgetNanos = budget.toNanos();
    this.nanoTime = nanoTime;
    this.watch = watch;
  }

  /** One that watches this machine. */
  static RateSampler ofMachine(Duration budget) {
    return new RateSampler(budget, System::nanoTime, () -> Watch.start()::stop);
  }

  /**
   * Rates in the order taken: amount of work a second. Disturbed ones are taken again.
   *
   * @param amount work of one repetition: bytes, FLOPs
   * @param work does as many repetitions as it is told
   */
  Taken<List<Double>> sample(double amount, LongConsumer work) {
    long begin = nanoTime.getAsLong();
    long times = 1;
    for (long nanos = nanos(work, times); nanos < SAMPLE_NANOS; nanos = nanos(work, times)) {
      times *= 2;
    }
    long repetitions = times;
    return Attempts.take(
        Limits.OF_TIMES,
        attempt -> rates(attempt == 1 ? begin : nanoTime.getAsLong(), amount, repetitions, work));
  }

  private Attempt<List<Double>> rates(long begin, double amount, long times, LongConsumer work) {
    List<Double> rates = new ArrayList<>();
    List<Observation> seen = new ArrayList<>();
    while (rates.size() < MIN_SAMPLES || nanoTime.getAsLong() - begin < budgetNanos) {
      Supplier<Observation> since = watch.get();
      rates.add(amount * times * NANOS_PER_SECOND / nanos(work, times));
      seen.add(since.get());
    }
    return new Attempt<>(rates, seen.stream().reduce(Observation::plus).orElseThrow());
  }

  /** Time that one run of the work takes. */
  Duration timeOnce(LongConsumer work) {
    return Duration.ofNanos(nanos(work, 1));
  }

  private long nanos(LongConsumer work, long times) {
    long start = nanoTime.getAsLong();
    work.accept(times);
    return Math.max(1, nanoTime.getAsLong() - start);
  }
}
