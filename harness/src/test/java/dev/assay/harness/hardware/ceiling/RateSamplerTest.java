package dev.assay.harness.hardware.ceiling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.harness.hardware.disturbance.Observation;
import dev.assay.harness.hardware.disturbance.Observations;
import dev.assay.leaderboard.result.Ceiling;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The work of these tests moves a clock of their own. */
class RateSamplerTest {
  private final AtomicLong clock = new AtomicLong();

  @Test
  void rateIsAmountOverTimeWhateverTheRepetitions() {
    RateSampler sampler =
        new RateSampler(Duration.ofMillis(200), clock::get, () -> Observations::calm);

    // A repetition takes 3 ms and moves 6000 bytes.
    List<Double> rates = sampler.sample(6000, times -> clock.addAndGet(times * 3_000_000)).value();

    assertThat(rates).hasSizeGreaterThanOrEqualTo(5).allMatch(rate -> rate == 2e6);
  }

  @Test
  void keepsWithinItsTime() {
    RateSampler sampler =
        new RateSampler(Duration.ofMillis(600), clock::get, () -> Observations::calm);

    List<Double> rates = sampler.sample(1, times -> clock.addAndGet(times * 1_000_000)).value();

    // 1 + 2 + 4 + 8 + 16 + 32 ms to find 32 repetitions, then samples of 32 ms up to 600 ms.
    assertThat(rates).hasSize(17);
  }

  @Test
  void slowWorkIsStillSampled() {
    RateSampler sampler =
        new RateSampler(Duration.ofMillis(1), clock::get, () -> Observations::calm);

    assertThat(sampler.sample(1, times -> clock.addAndGet(times * 1_000_000_000L)).value())
        .containsExactly(1.0, 1.0, 1.0, 1.0, 1.0);
  }

  /** Work that takes twice as long while somebody else is there. */
  private Taken<List<Double>> sampled(int disturbedSamples) {
    AtomicInteger begun = new AtomicInteger();
    RateSampler sampler =
        new RateSampler(
            Duration.ofMillis(1),
            clock::get,
            () -> {
              Observation seen =
                  begun.getAndIncrement() < disturbedSamples
                      ? Observations.hogged()
                      : Observations.calm();
              return () -> seen;
            });
    return sampler.sample(
        1,
        times -> {
          boolean alone = begun.get() > disturbedSamples;
          clock.addAndGet(times * (alone ? 1_000_000_000L : 2_000_000_000L));
        });
  }

  @Test
  void disturbedSamplesAreTakenAgain() {
    Taken<List<Double>> taken = sampled(5);

    assertThat(taken.value()).containsExactly(1.0, 1.0, 1.0, 1.0, 1.0);
    assertThat(taken.disturbed()).isNull();
    assertThat(taken.conditions().attempts()).isEqualTo(2);
    Ceiling ceiling = CeilingKind.BANDWIDTH.measured("read", "any", taken, "made up");
    assertThat(ceiling.value()).isEqualTo(1);
    assertThat(ceiling.disturbed()).isNull();
  }

  @Test
  void aCeilingThatStaysDisturbedSaysSo() {
    Ceiling ceiling = CeilingKind.BANDWIDTH.measured("read", "any", sampled(99), "made up");

    assertThat(ceiling.value()).isEqualTo(0.5);
    assertThat(ceiling.disturbed()).contains("tasks waited for a processor 100 % of the time");
    assertThat(ceiling.conditions()).isNotNull();
    assertThat(ceiling.conditions().attempts()).isEqualTo(3);
  }
}
