package dev.assay.harness.hardware.ceiling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.hardware.ceiling.ReadingTests.Reading;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.leaderboard.result.Conditions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of two ways to read counts. */
class ReadingTestsTest {
  private static Reading reading(String work, @Nullable String disturbed, Double... rates) {
    return new Reading(
        new Taken<>(
            List.of(rates), new Conditions(null, null, null, null, null, 1), disturbed, List.of()),
        work);
  }

  @Test
  void theFasterOneCountsWhicheverItIs() {
    Reading slow = reading("product", null, 1.0, 3.0);
    Reading fast = reading("bytes", null, 2.0, 4.0);

    assertThat(slow.orFaster(fast)).isEqualTo(fast);
    assertThat(fast.orFaster(slow)).isEqualTo(fast);
  }

  @Test
  void aSlowerOneThatWasDisturbedMayBeTheFasterInTruth() {
    Reading calm = reading("product", null, 3.0);
    Reading disturbed = reading("bytes", "others took 40 %", 2.0);

    Reading found = calm.orFaster(disturbed);

    assertThat(found.work()).isEqualTo("product");
    assertThat(found.rates().value()).containsExactly(3.0);
    assertThat(found.rates().disturbed()).isEqualTo("bytes: others took 40 %");
    assertThat(disturbed.orFaster(calm)).isEqualTo(found);
  }

  @Test
  void aFasterOneThatWasDisturbedSaysSoItself() {
    Reading calm = reading("product", null, 1.0);
    Reading disturbed = reading("bytes", "others took 40 %", 2.0);

    assertThat(calm.orFaster(disturbed)).isEqualTo(disturbed);
  }
}
