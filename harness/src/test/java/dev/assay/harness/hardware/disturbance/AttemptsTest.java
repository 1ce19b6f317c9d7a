package dev.assay.harness.hardware.disturbance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.disturbance.Attempts.Attempt;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private static Taken<Integer> take(Observation... seen) {
    List<Observation> each = List.of(seen);
    return Attempts.take(Limits.OF_TIMES, number -> new Attempt<>(number, each.get(number - 1)));
  }

  @Test
  void aCalmMeasurementIsTakenOnce() {
    Taken<Integer> taken = take(Observations.calm());

    assertThat(taken.value()).isEqualTo(1);
    assertThat(taken.disturbed()).isNull();
    assertThat(taken.conditions().attempts()).isEqualTo(1);
  }

  @Test
  void aDisturbedOneIsTakenAgainUntilItIsCalm() {
    Taken<Integer> taken = take(Observations.hogged(), Observations.calm());

    assertThat(taken.value()).isEqualTo(2);
    assertThat(taken.disturbed()).isNull();
    assertThat(taken.conditions().attempts()).isEqualTo(2);
    assertThat(taken.story(Limits.OF_TIMES)).contains("taken 2 times").endsWith("| calm");
  }

  @Test
  void ofThreeDisturbedOnesTheCalmestStandsAndIsMarked() {
    Taken<Integer> taken =
        take(Observations.hogged(), Observations.load(3.0, 3.0), Observations.hogged());

    assertThat(taken.value()).isEqualTo(2);
    assertThat(taken.disturbed()).contains("tasks waited for a processor 30 % of the time");
    assertThat(taken.conditions().attempts()).isEqualTo(1 + Limits.RETAKES);
    assertThat(taken.conditions().waiting()).isEqualTo(0.3);
  }

  @Test
  void oneReadingOfTheClockIsNoEvidence() {
    Taken<Integer> once = Attempts.once(Limits.OF_TIMES, 7, Observations.clocks(1e9, 2e9, 0));

    assertThat(once.disturbed()).isNull();
    assertThat(once.conditions().clock()).isNull();
  }
}
