package dev.assay.harness.hardware.ceiling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

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

  RateSampler(Duration budget, LongSupplier nanoTime) {
    this.budgetNanos = budget.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Rates in the order taken: amount of work a second.
   *
   * @param amount work of one repetition: bytes, FLOPs
   * @param work does as many repetitions as it is told
   */
  List<Double> sample(double amount, LongConsumer work) {
    long begin = nanoTime.getAsLong();
    long times = 1;
    for (long nanos = nanos(work, times); nanos < SAMPLE_NANOS; nanos = nanos(work, times)) {
      times *= 2;
    }
    List<Double> rates = new ArrayList<>();
    while (rates.size() < MIN_SAMPLES || nanoTime.getAsLong() - begin < budgetNanos) {
      rates.add(amount * times * NANOS_PER_SECOND / nanos(work, times));
    }
    return rates;
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
