package dev.assay.harness.hardware.ceiling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateSamplerTest {
  private final AtomicLong clock = new AtomicLong();

  @Test
  void rateIsAmountOverTimeWhateverTheRepetitions() {
    RateSampler sampler = new RateSampler(Duration.ofMillis(200), clock::get);

    // A repetition takes 3 ms and moves 6000 bytes.
    List<Double> rates = sampler.sample(6000, times -> clock.addAndGet(times * 3_000_000));

    assertThat(rates).hasSizeGreaterThanOrEqualTo(5).allMatch(rate -> rate == 2e6);
  }

  @Test
  void keepsWithinItsTime() {
    RateSampler sampler = new RateSampler(Duration.ofMillis(600), clock::get);

    List<Double> rates = sampler.sample(1, times -> clock.addAndGet(times * 1_000_000));

    // 1 + 2 + 4 + 8 + 16 + 32 ms to find 32 repetitions, then samples of 32 ms up to 600 ms.
    assertThat(rates).hasSize(17);
  }

  @Test
  void slowWorkIsStillSampled() {
    RateSampler sampler = new RateSampler(Duration.ofMillis(1), clock::get);

    assertThat(sampler.sample(1, times -> clock.addAndGet(times * 1_000_000_000L)))
        .containsExactly(1.0, 1.0, 1.0, 1.0, 1.0);
  }
}
