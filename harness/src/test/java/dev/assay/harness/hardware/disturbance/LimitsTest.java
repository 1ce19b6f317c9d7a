package dev.assay.harness.hardware.disturbance;

import static dev.assay.harness.hardware.disturbance.Limits.OF_COUNTERS;
import static dev.assay.harness.hardware.disturbance.Limits.OF_TIMES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Moves the evidence across each limit; observations are of ten seconds on four processors. */
class LimitsTest {
  private static List<String> reasons(Observation seen) {
    return OF_TIMES.exceeded(seen).stream().map(Excess::reason).toList();
  }

  @Test
  void nothingSeenIsCalm() {
    assertThat(reasons(Observations.calm())).isEmpty();
    assertThat(OF_COUNTERS.exceeded(Observations.calm())).isEmpty();
  }

  @Test
  void waitingCountsFromATenthOfTheTime() {
    assertThat(reasons(Observations.load(0.99, 3.0))).isEmpty();
    assertThat(reasons(Observations.load(1.01, 3.0)))
        .containsExactly(
            "tasks waited for a processor 10 % of the time, with 0.30 processors at other work"
                + " (limit 10 %)");
  }

  @Test
  void waitingOfOurOwnMakingIsNoDisturbance() {
    assertThat(reasons(Observations.load(10.0, 0.9))).as("more threads than processors").isEmpty();
    assertThat(reasons(Observations.load(10.0, 1.1))).hasSize(1);
  }

  @Test
  void whereOtherWorkIsNotToldAllWaitingCounts() {
    assertThat(reasons(Observations.load(0.9, null))).isEmpty();
    assertThat(reasons(Observations.load(1.1, null))).hasSize(1);
  }

  @Test
  void otherWorkCountsFromAFifthOfTheProcessorsThoughNobodyWaits() {
    assertThat(reasons(Observations.load(0.0, 7.9))).isEmpty();
    assertThat(reasons(Observations.load(0.0, 8.1)))
        .containsExactly("other work took 20 % of the processors (limit 20 %)");
    assertThat(reasons(Observations.load(null, 8.1))).hasSize(1);
  }

  @Test
  void stolenTimeCountsFromATwentieth() {
    assertThat(reasons(Observations.stolen(1.9))).isEmpty();
    assertThat(reasons(Observations.stolen(2.1)))
        .containsExactly("a hypervisor took 5 % of the processors' time (limit 5 %)");
  }

  @Test
  void theClockMayFallByATenth() {
    assertThat(reasons(Observations.clocks(1.81e9, 2e9, 0))).isEmpty();
    assertThat(reasons(Observations.clocks(1.79e9, 2e9, 0)))
        .containsExactly("the clock fell to 90 % (limit 90 %)");
  }

  @Test
  void throttlingCountsAtOnce() {
    assertThat(reasons(Observations.clocks(2e9, 2e9, 1)))
        .containsExactly("processors were throttled 1 times");
  }

  @Test
  void whatIsNotToldIsNotHeldAgainstAnybody() {
    Observation dumb = new Observation(10, 4, null, null, null, null, null, null, null);
    assertThat(reasons(dumb)).isEmpty();
    assertThat(OF_COUNTERS.exceeded(dumb)).isEmpty();
    assertThat(dumb.conditions(1).waiting()).isNull();
  }

  @Test
  void countersOfTheMachineTakeOthersInThoughNobodyWaits() {
    // The measured process used 20 processor seconds.
    assertThat(OF_COUNTERS.exceeded(Observations.load(0.0, 1.9))).isEmpty();
    assertThat(OF_COUNTERS.exceeded(Observations.load(0.0, 2.1))).hasSize(1);
    assertThat(OF_TIMES.exceeded(Observations.load(0.0, 2.1))).isEmpty();
  }

  /** Whatever can change a figure is part of its protocol. */
  @Test
  void theDescriptionHasTheLimitsThatAreHeldTo() {
    assertThat(OF_TIMES.description())
        .isEqualTo(
            "taken again up to 2 times, then marked, where others made tasks wait more than 10 % of"
                + " the time or used more than 20 % of the processors, more than 5 % was stolen,"
                + " the clock fell below 90 %, or a processor was throttled");
    assertThat(OF_COUNTERS.description())
        .contains("20 % of the processors or more than 10 % of the measured process's");
  }

  @Test
  void stretchesAddUp() {
    Observation both = Observations.load(2.0, 4.0).plus(Observations.load(0.0, 0.0));

    assertThat(both.conditions(1).waiting()).isEqualTo(0.1);
    assertThat(both.conditions(1).otherWork()).isEqualTo(0.2);
    assertThat(
            Observations.clocks(1.9e9, 1.9e9, 0)
                .plus(Observations.clocks(1e9, 2e9, 2))
                .conditions(1))
        .satisfies(
            seen -> {
              assertThat(seen.clock()).isEqualTo(0.5);
              assertThat(seen.throttles()).isEqualTo(2);
            });
    assertThat(both.plus(Observations.load(null, 0.0)).conditions(1).waiting()).isNull();
  }
}
